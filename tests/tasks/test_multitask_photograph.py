"""The command that asks about each face of a photograph, typed as a person types it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tasks.multitask import photograph
from tasks.multitask.sheets import FRAME
from tests.tasks.predict.conftest import Runs


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """A photograph of 120x90 pixels, dark on its left, bright on its right."""
    pixels = np.zeros((90, 120, 3), np.uint8)
    pixels[:, 60:] = 255
    Image.fromarray(pixels).save(tmp_path / "group.png")
    return tmp_path / "group.png"


def typed(folder: Path, *words: str) -> int:
    """Ask a trial that answers by brightness."""
    runs = Runs(folder / "runs")
    return photograph.main([runs.add().path.name, *words, "--runs", str(runs.path), "--out", str(folder)])


def test_each_face_has_a_line(tmp_path: Path, group: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(tmp_path, str(group), "--face", "10,10,40,30", "--face", "70,10,40,30") == 0

    assert capsys.readouterr().out.splitlines() == [
        "10,10,40,30: light: dark 1.00",
        "70,10,40,30: light: bright 1.00",
    ]


def test_each_face_has_a_frame(tmp_path: Path, group: Path) -> None:
    typed(tmp_path, str(group), "--face", "10,10,40,30", "--face", "70,10,40,30")

    with Image.open(tmp_path / "group_faces.png") as drawn:
        assert [drawn.getpixel(corner) for corner in ((10, 10), (49, 39), (70, 10), (109, 39))] == 4 * [FRAME]


def test_without_a_face_the_whole_picture_is_one(
    tmp_path: Path, group: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(tmp_path, str(group)) == 0

    assert capsys.readouterr().out == "0,0,120,90: light: dark 0.50\n"


@pytest.mark.parametrize(
    ("face", "told"),
    [
        ("1,2,3", "--face 1,2,3 is no box\nhint: four whole numbers"),
        ("200,0,10,10", "outside the picture\nhint: the picture has 120x90 pixels"),
    ],
)
def test_a_box_that_is_none_is_told(
    tmp_path: Path, group: Path, capsys: pytest.CaptureFixture[str], face: str, told: str
) -> None:
    assert typed(tmp_path, str(group), "--face", face) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "group_faces.png").exists()
