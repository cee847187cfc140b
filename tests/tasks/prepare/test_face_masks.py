from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tasks.data import split
from tasks.data.images import resize_mask
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.params import MaskedDataset
from tasks.parts.pictures import Pictures
from tasks.prepare import face_masks
from tests.tasks import chain

EVERY = pytest.mark.parametrize("dataset", ["lfw", "helen"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, data: Path) -> dict[str, Pictures]:
    folder = tmp_path_factory.mktemp("prepared")
    names: tuple[MaskedDataset, ...] = ("lfw", "helen")
    return {name: pictures.read(chain.prepare_masks(folder / name, data, name).artifacts) for name in names}


@EVERY
def test_pictures_and_masks_have_the_image_size(prepared: dict[str, Pictures], dataset: str) -> None:
    shown, rows = prepared[dataset], torch.arange(2)
    shapes = [shown.batch(rows).shape, shown.mask_batch("hair", rows).shape]
    assert shapes == [(2, 3, 64, 64), (2, 1, 64, 64)]


@EVERY
def test_hair_adds_to_the_mask(prepared: dict[str, Pictures], dataset: str) -> None:
    shown, rows = prepared[dataset], torch.arange(4)
    hair, skin = (shown.mask_batch(name, rows) for name in ("hair", "no_hair"))
    assert hair.sum() > skin.sum()
    assert not (skin & ~hair).any()


@EVERY
def test_masks_are_those_of_the_reader(
    prepared: dict[str, Pictures], data: Path, dataset: MaskedDataset
) -> None:
    reader = face_masks.READERS[dataset]
    face = reader.read(data / dataset).samples[3]
    expected = resize_mask(reader.load(face, hair=False)[1], 64)
    assert (prepared[dataset].mask("no_hair", 3) == expected).all()


@EVERY
def test_official_parts_hold_only_usable_pictures(prepared: dict[str, Pictures], dataset: str) -> None:
    rows = [row for part in prepared[dataset].parts.values() for row in part.tolist()]
    assert sorted(rows) == list(range(24))


@EVERY
def test_examples_lie_above_their_masks(prepared: dict[str, Pictures], dataset: str) -> None:
    shown = prepared[dataset]
    with Image.open(shown.path.parent / "examples.png") as drawn:
        found = np.array(drawn)
    assert (found[:64, :64] == shown.picture(0)).all()
    assert ((found[64:, :64] == (0, 255, 0)).all(axis=2) == shown.mask("no_hair", 0)).all()
    assert ((found[64:, :64] == (0, 0, 255)).all(axis=2) == ~shown.mask("hair", 0)).all()


def test_limit_is_a_seeded_choice(tmp_path: Path, data: Path, prepared: dict[str, Pictures]) -> None:
    context = FolderContext(root=tmp_path, data=data, seed=7)
    face_masks.run(face_masks.Params(limit=10, image_size=32), context)
    names = pictures.read(context.artifact(pictures.INDEX).parent).names
    assert list(names) == sorted(split.choose(prepared["lfw"].names, 10, seed=7))


def test_what_was_dropped_is_logged(tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    chain.prepare_masks(tmp_path, data)
    assert "lfw: 24 samples (synthetic); dropped 1: image missing" in caplog.text


def test_what_was_dropped_is_the_result(tmp_path: Path, data: Path) -> None:
    result = chain.prepare_masks(tmp_path, data).result
    assert (result["images"], result["dropped_image_missing"], result["synthetic"]) == (24, 1, 1)
