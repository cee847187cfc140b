import pytest
import torchvision
from sklearn.datasets import _lfw
from torchvision.datasets import CelebA

from tasks.data.layout import LAYOUTS
from tasks.fetch.catalogue import ARCHIVES, TERMS, WEIGHTS, Archive
from tasks.nets.weights import IMAGENET_FILES, ImagenetNet

EACH = [(name, archive) for name, archives in ARCHIVES.items() for archive in archives]


@pytest.mark.parametrize("net", IMAGENET_FILES)
def test_addresses_and_digests_of_imagenet_are_torchvision_s(net: ImagenetNet) -> None:
    url = torchvision.models.get_model_weights(net).IMAGENET1K_V1.url
    file = WEIGHTS[net].file

    assert file.urls == (url,)
    assert f"-{file.digest.removeprefix('sha256:')}.pth" in url


def test_funneled_faces_are_those_of_scikit_learn() -> None:
    theirs, ours = _lfw.FUNNELED_ARCHIVE, ARCHIVES["lfw"][0].file

    assert (ours.name, ours.urls) == (theirs.filename, (theirs.url,))
    assert ours.digest == f"sha256:{theirs.checksum}"


@pytest.mark.parametrize("dataset", ["celeba", "celeba_wild"])
def test_digests_of_celeba_are_torchvision_s(dataset: str) -> None:
    theirs = {name: f"md5:{md5}" for _, md5, name in CelebA.file_list}

    assert all(one.file.digest == theirs[one.file.name] for one in ARCHIVES[dataset])


@pytest.mark.parametrize(("dataset", "archive"), EACH, ids=[archive.file.name for _, archive in EACH])
def test_what_an_archive_gives_is_what_the_layout_asks_for(dataset: str, archive: Archive) -> None:
    assert {path for form in LAYOUTS[dataset].forms for path in form} >= set(archive.gives)


def test_every_dataset_has_terms() -> None:
    assert TERMS.keys() == ARCHIVES.keys() == LAYOUTS.keys()
