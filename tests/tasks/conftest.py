from pathlib import Path

import pytest

from tasks.data import synthetic
from tests.tasks import chain
from tests.tasks.chain import Trial


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny synthetic datasets: 24 pictures each."""
    folder = tmp_path_factory.mktemp("data")
    synthetic.write(folder, scale="tiny", seed=0)
    return folder


@pytest.fixture(scope="session")
def tuned(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.gender`."""
    return chain.train_gender(tmp_path_factory.mktemp("gender"), data)


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.encode`, control."""
    return chain.encode_pictures(tmp_path_factory.mktemp("encode"), data)


@pytest.fixture(scope="session")
def segmented(tmp_path_factory: pytest.TempPathFactory, data: Path, encoded: Trial) -> Trial:
    """A finished trial of `tasks.segment`."""
    return chain.train_decoder(tmp_path_factory.mktemp("segment"), data, encoded.artifacts)
