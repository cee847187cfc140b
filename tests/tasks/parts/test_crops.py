from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from tasks.data.boxes import Box
from tasks.parts import crops
from tasks.parts.context import FolderContext


@dataclass(frozen=True)
class Face:
    """A picture and its box."""

    name: str
    image: Path
    box: Box | None


@pytest.fixture
def faces(tmp_path: Path) -> list[Face]:
    """Four pictures of 100x80: a box inside, one over the edge, one without width, none."""
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 80)).save(path)
    given = [Box(10, 10, 40, 40), Box(-10, 0, 60, 60), Box(5, 5, 0, 30), None]
    return [Face(str(place), path, box) for place, box in enumerate(given)]


def context_at(root: Path, *, stop: bool = False) -> FolderContext:
    return FolderContext(root=root, data=root, stop=lambda: stop)


def test_boxes_are_cut_to_their_pictures(tmp_path: Path, faces: list[Face]) -> None:
    found, _ = crops.fit_boxes(faces, lambda face: face.box, context_at(tmp_path))
    assert found == {"0": Box(10, 10, 40, 40), "1": Box(0, 0, 50, 60)}


def test_every_box_is_counted_by_its_use(tmp_path: Path, faces: list[Face]) -> None:
    _, counts = crops.fit_boxes(faces, lambda face: face.box, context_at(tmp_path))
    assert counts == {"boxes_whole": 1, "boxes_cut": 1, "boxes_useless": 1, "boxes_absent": 1}


def test_a_long_look_at_pictures_can_be_stopped(tmp_path: Path, faces: list[Face]) -> None:
    with pytest.raises(InterruptedError, match="stopped after the sizes of 0 pictures"):
        crops.fit_boxes(faces, lambda face: face.box, context_at(tmp_path, stop=True))
