from pathlib import Path

import pytest

from tasks.nets.published import VGG_FACE, VGGFACE2, Published

WEIGHTS = Published(
    name="theirs",
    net="the net",
    file="theirs.pth",
    converted="ours.pth",
    fetched_as="them",
    by_hand="lay theirs.pth there",
)


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return tmp_path / "hub/checkpoints"


def test_its_name_means_the_file_in_the_hub_folder(hub: Path) -> None:
    assert WEIGHTS.path_of("theirs") == hub / "theirs.pth"


def test_what_was_fetched_and_converted_counts_first(hub: Path) -> None:
    hub.mkdir(parents=True)
    (hub / "ours.pth").touch()

    assert WEIGHTS.path_of("theirs") == hub / "ours.pth"


def test_another_source_is_a_path(tmp_path: Path) -> None:
    assert WEIGHTS.path_of(str(tmp_path / "mine.pth")) == tmp_path / "mine.pth"


def test_a_random_start_misses_nothing() -> None:
    assert (WEIGHTS.missing("none"), WEIGHTS.require("none")) == ([], None)


def test_a_file_that_is_not_there_is_named_with_what_to_do(hub: Path) -> None:
    hint = "type `python -m tasks.fetch them` on a login node; or lay theirs.pth there"

    assert WEIGHTS.missing("theirs") == [
        f"weights of the net not found at `{hub / 'theirs.pth'}`\nhint: {hint}"
    ]


def test_a_file_that_is_there_is_not_missing(hub: Path) -> None:
    hub.mkdir(parents=True)
    (hub / "theirs.pth").touch()
    assert WEIGHTS.missing("theirs") == []


def test_requiring_an_absent_file_raises_what_missing_says() -> None:
    with pytest.raises(FileNotFoundError, match=r"or lay theirs\.pth there"):
        WEIGHTS.require("theirs")


@pytest.mark.parametrize(
    ("given", "file", "where_from"),
    [
        (VGGFACE2, "resnet50_ft_weight.pkl", "README of github.com/cydonia999/VGGFace2-pytorch"),
        (VGG_FACE, "vgg_face.pth", "convert the release of robots.ox.ac.uk"),
    ],
)
def test_what_is_published_says_where_from_and_where_to(
    hub: Path, given: Published, file: str, where_from: str
) -> None:
    (message,) = given.missing(given.name)
    assert f"not found at `{hub / file}`\nhint: " in message
    assert where_from in message
