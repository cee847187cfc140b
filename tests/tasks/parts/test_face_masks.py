import pytest
import torch

from tasks.parts import face_masks, pictures
from tests.tasks.chain import Trial


@pytest.mark.parametrize("rule", ["random90", "official"])
def test_no_picture_is_in_both_parts(masked: Trial, rule: face_masks.Split) -> None:
    train, val = face_masks.split_rows(pictures.read(masked.artifacts), rule=rule, seed=0)
    assert set(train.tolist()).isdisjoint(val.tolist())


def test_random_split_is_90_to_10_of_all(masked: Trial) -> None:
    shown = pictures.read(masked.artifacts)
    train, val = face_masks.split_rows(shown, rule="random90", seed=0)
    assert (len(train), len(val)) == (22, 2)
    assert sorted([*train.tolist(), *val.tolist()]) == list(range(24))


def test_official_split_without_validation_pictures_says_what_to_do(masked: Trial) -> None:
    shown = pictures.read(masked.artifacts)
    parts = {**shown.parts, "validation": torch.tensor([], dtype=torch.int64)}
    with pytest.raises(ValueError, match="hint: use `split: random90`"):
        face_masks.split_rows(pictures.Pictures(**{**vars(shown), "parts": parts}), rule="official", seed=0)
