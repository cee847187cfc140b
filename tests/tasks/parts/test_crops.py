from pathlib import Path

import pytest
from PIL import Image

from tasks.data import boxes
from tasks.data.boxes import Box
from tasks.parts import crops
from tasks.parts.context import FolderContext

# Of four pictures: inside, over the edge, without width; the last has none.
LISTED = {"a": Box(10, 10, 40, 40), "b": Box(-10, 0, 60, 60), "c": Box(5, 5, 0, 30)}


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """Four pictures of 100x80."""
    path = tmp_path / "any.png"
    Image.new("RGB", (100, 80)).save(path)
    return dict.fromkeys("abcd", path)


def context_at(root: Path, *, stop: bool = False) -> FolderContext:
    return FolderContext(root=root, data=root, stop=lambda: stop)


def test_boxes_are_cut_to_their_pictures(tmp_path: Path, pictures: dict[str, Path]) -> None:
    found, _ = crops.fit_boxes(pictures, LISTED, context_at(tmp_path))
    assert found == {"a": Box(10, 10, 40, 40), "b": Box(0, 0, 50, 60)}


def test_every_box_is_counted_by_its_use(tmp_path: Path, pictures: dict[str, Path]) -> None:
    _, counts = crops.fit_boxes(pictures, LISTED, context_at(tmp_path))
    found = {use: counts[f"boxes_{use}"] for use in boxes.USES}
    assert found == {"whole": 1, "cut": 1, "useless": 1, "absent": 1}


def test_share_of_a_picture_is_the_mean_over_those_that_are_cut(
    tmp_path: Path, pictures: dict[str, Path]
) -> None:
    _, counts = crops.fit_boxes(pictures, LISTED, context_at(tmp_path))
    assert counts["box_share"] == pytest.approx((40 * 40 + 50 * 60) / 2 / (100 * 80))


def test_a_long_look_at_pictures_can_be_stopped(tmp_path: Path, pictures: dict[str, Path]) -> None:
    with pytest.raises(InterruptedError, match="stopped after the sizes of 0 pictures"):
        crops.fit_boxes(pictures, LISTED, context_at(tmp_path, stop=True))
