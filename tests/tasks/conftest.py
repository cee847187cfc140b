import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tasks.data import synthetic
from tests.tasks import background_chain, chain, elfw_chain
from tests.tasks.attempts import Ended, attempted, draw_datasets
from tests.tasks.chain import Trial


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny synthetic datasets: 24 pictures each."""
    folder = tmp_path_factory.mktemp("data")
    synthetic.write(folder, scale="tiny", seed=0)
    return folder


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.prepare.celeba`: 16 pictures of 32 pixels with `Male`."""
    return chain.prepare_gender(tmp_path_factory.mktemp("labelled"), data)


@pytest.fixture(scope="session")
def masked(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.prepare.face_masks`: LFW at 64 pixels."""
    return chain.prepare_masks(tmp_path_factory.mktemp("masked"), data)


@pytest.fixture(scope="session")
def classed(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.prepare.elfw`: 24 pictures of 64 pixels."""
    return elfw_chain.prepare_classes(tmp_path_factory.mktemp("elfw"), data)


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.prepare.vggface2`: 23 pictures of four people."""
    return background_chain.prepare_people(tmp_path_factory.mktemp("vggface2"), data)


@pytest.fixture(scope="session")
def tuned(tmp_path_factory: pytest.TempPathFactory, labelled: Trial) -> Trial:
    """A finished trial of `tasks.gender`."""
    return chain.train_gender(tmp_path_factory.mktemp("gender"), labelled)


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory, masked: Trial) -> Trial:
    """A finished trial of `tasks.encode`, control."""
    return chain.encode_pictures(tmp_path_factory.mktemp("encode"), masked)


@pytest.fixture(scope="session")
def segmented(tmp_path_factory: pytest.TempPathFactory, masked: Trial, encoded: Trial) -> Trial:
    """A finished trial of `tasks.segment`."""
    return chain.train_decoder(tmp_path_factory.mktemp("segment"), masked, encoded.artifacts)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All datasets with more pictures than a preparation takes before it asks."""
    return draw_datasets(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, many: Path) -> Iterator[Callable[[str], Ended]]:
    """Give what runs a case without any interruption, once: others need it."""
    folder = tmp_path_factory.mktemp("whole")

    @cache
    def ended(name: str) -> Ended:
        return attempted(name, folder / name, many, ended, stops=())

    yield ended
    shutil.rmtree(folder)
