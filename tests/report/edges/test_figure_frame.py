from pathlib import Path

import pytest

from orchestrator.report.document import Figure
from orchestrator.report.edges.figure_frame import Frame
from orchestrator.report.edges.search_figures import draw_importance

SHOWN = {"lr": 0.7, "width": 0.3}


def drawn(folder: Path, shown: dict[str, float] = SHOWN, title: str = "T") -> tuple[Figure, list[str]]:
    """Draw a figure once, and return it with the titles that were really drawn."""
    times: list[str] = []

    def draw(frame: Frame) -> Figure:
        times.append(frame.title)
        return draw_importance(shown, frame)

    return Frame(folder=folder, identity="f", title=title).once(shown, draw), times


def test_what_shows_the_same_is_not_drawn_again(tmp_path: Path) -> None:
    first, _ = drawn(tmp_path)

    assert drawn(tmp_path) == (first, [])


def test_what_shows_something_else_is_drawn(tmp_path: Path) -> None:
    drawn(tmp_path)

    assert drawn(tmp_path, {"lr": 0.6, "width": 0.4})[1] == ["T"]


@pytest.mark.parametrize("name", ["f.png", "f.pdf"])
def test_a_file_that_is_gone_is_drawn(name: str, tmp_path: Path) -> None:
    drawn(tmp_path)
    (tmp_path / "figures" / name).unlink()

    assert drawn(tmp_path)[1] == ["T"]


def test_a_picture_that_is_none_of_ours_is_drawn_over(tmp_path: Path) -> None:
    drawn(tmp_path)
    (tmp_path / "figures/f.png").write_text("no picture")

    assert drawn(tmp_path)[1] == ["T"]
