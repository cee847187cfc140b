"""The tutorial works as printed: its files in an empty folder, its commands one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.docs.following import follow
from tests.docs.pages import ROOT, page
from tests.toy_fixture import Toy

if TYPE_CHECKING:
    from tests.docs.following import Done

PAGE = page("adding_a_study.md")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Toy, list[Done]]:
    """The folder after everything was saved and typed, and what each command said."""
    folder = tmp_path_factory.mktemp("a sixth study")
    return Toy(folder), follow(PAGE, folder)


@pytest.fixture(scope="module")
def table(followed: tuple[Toy, object]) -> dict[str, Any]:
    found: dict[str, Any] = followed[0].json("report", "tiles")["tables"][0]
    return found


def test_every_file_of_the_tutorial_is_found() -> None:
    found = list(PAGE.files)

    assert found[:3] == ["draw_tiles.py", "tiles_data.py", "tiles.py"]
    assert found[3:] == ["tiles.yaml", "tiles_printed.yaml", "tiles_report.yaml"]


def test_every_command_does_what_it_should(followed: tuple[Toy, list[Done]]) -> None:
    assert [(done.returncode, "Traceback" in done.stderr) for done in followed[1]] == [(0, False)] * 4


def test_plan_says_what_is_missing_and_what_to_type(followed: tuple[Toy, list[Done]]) -> None:
    said = followed[1][0].stdout + followed[1][0].stderr

    assert "dataset tiles is not at" in said
    assert "python draw_tiles.py" in said


def test_every_measured_cell_stands_beside_its_printed_number(table: dict[str, Any]) -> None:
    shown = {row["row"]: row["cells"][0] for row in table["rows"]}

    assert {label: cell["reference"] for label, cell in shown.items()} == {
        "Mean pooling": 80.0,
        "Max pooling": 90.0,
    }
    assert all(cell["n"] == 2 for cell in shown.values())


def test_the_networks_learn(table: dict[str, Any]) -> None:
    assert all(row["cells"][0]["value"] > row["cells"][1]["value"] + 20 for row in table["rows"])


def test_the_dropped_tile_is_counted(followed: tuple[Toy, object]) -> None:
    toy = followed[0]
    (prepared,) = toy.trials("tiles", "prepare")

    assert toy.result(prepared["id"])["metrics"]["dropped_image_missing"] == 1


def test_what_is_drawn_and_what_is_open_stands_under_the_table(table: dict[str, Any]) -> None:
    notes = " ".join(note["text"] for note in table["notes"])

    assert "Tiles that were drawn" in notes
    assert "I-invented-1: the optimizer is not stated" in notes


def test_another_seed_trains_two_more(followed: tuple[Toy, object]) -> None:
    planned = followed[0].json("plan", "tiles.yaml", "--data", "data", "--set", "axes.seed=[0,1,2]")

    assert planned["to_do"] == 2


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:tasks|tests|grids|reports)/[\w/.]+)`", PAGE.text)))
)
def test_places_in_the_repository_exist(path: str) -> None:
    place = ROOT / path

    assert place.exists() or (place.stem == "tiles" and place.parent.is_dir())
