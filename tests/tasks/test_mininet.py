from pathlib import Path

import pytest

from tasks import mininet
from tasks.data import elfw
from tasks.parts.context import FolderContext
from tests.tasks.chain import Trial

PARAMS = mininet.Params(epochs=3, image_size=32, batch_size=8)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    context = FolderContext(root=tmp_path_factory.mktemp("mininet"), data=data)
    return Trial(mininet.run(PARAMS, context), context)


def test_result_is_the_epoch_of_the_lowest_validation_loss(trained: Trial) -> None:
    logged = [line["val_loss"] for line in trained.context.logged() if line["step"] > 0]
    assert trained.result["val_loss"] == min(logged)


def test_three_parts_are_80_10_10(trained: Trial) -> None:
    counts = [trained.result[f"{part}_images"] for part in ("train", "val", "test")]
    assert counts == [20, 2, 2]


def test_training_pictures_are_normalised(data: Path) -> None:
    faces = mininet.make_classed_set(elfw.read(data / "elfw"), PARAMS, seed=0)
    train = faces.pictures[faces.train]
    assert float(train.mean()) == pytest.approx(0, abs=1e-4)
    assert float(train.std()) == pytest.approx(1, abs=1e-3)


def test_all_epochs_are_trained(trained: Trial) -> None:
    assert trained.result["epochs"] == 3


def test_same_seed_same_result(tmp_path: Path, data: Path, trained: Trial) -> None:
    assert mininet.run(PARAMS, FolderContext(root=tmp_path, data=data)) == trained.result
