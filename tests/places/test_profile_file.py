from pathlib import Path

import pytest

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.places.profile_file import find_profile

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["local", "a100", "dev", "peregrine"])
def test_profiles_that_ship_with_the_project(name: str) -> None:
    assert find_profile(name).name == name


def test_an_unknown_cluster_names_those_that_are_known() -> None:
    with pytest.raises(NotFoundError, match="known are local, a100, dev, peregrine"):
        find_profile("peregrin")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"x\.yaml:1: the file is empty"),
        ("- a\n", r"x\.yaml:1: the file is not a mapping"),
        ("name: x\nmax_workers: many\n", r"x\.yaml:2: max_workers: .*whole number"),
        ("partition: gpu\n", "name"),
    ],
)
def test_a_profile_that_is_none_is_told_in_plain_words(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text)

    with pytest.raises(UserError, match=message):
        find_profile(str(tmp_path / "x.yaml"))


def test_a_misspelt_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("name: x\npartitoin: gpu\n")

    with pytest.raises(UserError, match="partitoin"):
        find_profile(str(tmp_path / "x.yaml"))
