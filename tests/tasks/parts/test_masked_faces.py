from pathlib import Path

import pytest
import torch

from tasks.data import split
from tasks.parts import masked_faces
from tasks.parts.params import MaskedDataset

DATASETS: tuple[MaskedDataset, ...] = ("lfw", "helen")


@pytest.mark.parametrize("dataset", DATASETS)
def test_masks_have_the_image_size(data: Path, dataset: MaskedDataset) -> None:
    faces = masked_faces.read(dataset, data, limit=None, seed=0).samples[:2]
    masks = masked_faces.load_masks(faces, dataset, hair=True, image_size=32)
    assert (masks.shape, masks.dtype) == ((2, 1, 32, 32), torch.bool)


@pytest.mark.parametrize("dataset", DATASETS)
def test_hair_adds_to_the_mask(data: Path, dataset: MaskedDataset) -> None:
    faces = masked_faces.read(dataset, data, limit=None, seed=0).samples[:4]
    hair, skin = (masked_faces.load_masks(faces, dataset, hair=hair, image_size=32) for hair in (True, False))
    assert hair.sum() > skin.sum()
    assert not (skin & ~hair).any()


def test_limit_is_a_seeded_choice(data: Path) -> None:
    names = [face.name for face in masked_faces.read("lfw", data, limit=None, seed=7).samples]
    limited = masked_faces.read("lfw", data, limit=10, seed=7)
    assert [face.name for face in limited.samples] == sorted(split.choose(names, 10, seed=7))


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("rule", ["random90", "official"])
def test_no_picture_is_in_both_parts(data: Path, dataset: MaskedDataset, rule: masked_faces.Split) -> None:
    names = [face.name for face in masked_faces.read(dataset, data, limit=None, seed=0).samples]
    train, val = masked_faces.split_names(names, dataset, data, rule=rule, seed=0)
    assert set(train).isdisjoint(val)
    assert set(train) | set(val) <= set(names)


def test_official_split_without_validation_pictures_says_what_to_do(data: Path) -> None:
    with pytest.raises(ValueError, match="hint: use `split: random90`"):
        masked_faces.split_names(["nobody"], "lfw", data, rule="official", seed=0)
