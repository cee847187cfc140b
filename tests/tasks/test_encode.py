from pathlib import Path

import pytest
import torch

from tasks.parts import features
from tests.tasks import chain
from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow


def test_features_keep_the_grid(encoded: Trial) -> None:
    stored = features.read(encoded.artifacts / "features.safetensors")
    assert stored.values.shape == (len(stored.names), 512, 2, 2)


def test_names_are_those_of_the_reader(encoded: Trial) -> None:
    stored = features.read(encoded.artifacts / "features.safetensors")
    assert len(stored.names) == encoded.result["images"]
    assert list(stored.names) == sorted(stored.names)


def test_random_start_is_marked(encoded: Trial) -> None:
    assert encoded.result["random_weights"] == 1


def test_tuned_encoder_gives_other_features(
    tmp_path: Path, masked: Trial, tuned: Trial, encoded: Trial
) -> None:
    after = chain.encode_pictures(tmp_path, masked, weights=tuned.artifacts)
    files = [trial.artifacts / "features.safetensors" for trial in (encoded, after)]
    first, second = (features.read(file) for file in files)
    assert not torch.equal(first.values, second.values)


def test_tuned_encoder_remembers_its_random_start(tmp_path: Path, masked: Trial, tuned: Trial) -> None:
    after = chain.encode_pictures(tmp_path, masked, weights=tuned.artifacts)
    assert after.result["random_weights"] == 1


def test_pictures_of_another_size_are_refused(tmp_path: Path, masked: Trial) -> None:
    with pytest.raises(ValueError, match="asks for pictures of 96x96, prepared are 64x64"):
        chain.encode_pictures(tmp_path, masked, image_size=96)


def test_encoder_of_another_kind_is_refused(tmp_path: Path, masked: Trial, tuned: Trial) -> None:
    with pytest.raises(ValueError, match="do not fit this encoder"):
        chain.encode_pictures(tmp_path, masked, weights=tuned.artifacts, encoder="vgg19")
