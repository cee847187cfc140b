from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from orchestrator.report.document import Figure
from orchestrator.report.edges.figure_frame import Frame
from orchestrator.report.edges.search_figures import (
    draw_contour,
    draw_front,
    draw_history,
    draw_importance,
    draw_parallel,
    draw_slices,
    draw_training_curves,
)
from orchestrator.report.searches.figure_data import (
    contour,
    history,
    parallel_lines,
    pareto_front,
    slices,
    training_curves,
)
from tests.report.searches.plain_search import LOSS, SIZE, outcome, searched

CURVE = ((0, 3.0), (1, 2.0), (2, 1.5))
SEARCH = searched(
    *(
        outcome(
            number, 1.0 / number, 1.0 * number, curve=CURVE, params={"lr": 10.0**-number, "width": number}
        )
        for number in range(1, 6)
    ),
    outcome(6, state="pruned", curve=CURVE[:2]),
    outcome(7, state="failed"),
    outcome(8),
    objectives=(LOSS, SIZE),
)
ONE = searched(outcome(1, 0.5, params={"lr": 0.1, "optimizer": "a very long name of an optimizer"}), space={})
ODD = searched(
    *(
        outcome(
            number, value, params={"$x_{$": number, "y": 10.0**300 * number}, curve=((0, value), (1, -value))
        )
        for number, value in enumerate((1e12, 1e308, -1e308, 0.0), 1)
    ),
    space={},
)
Draw = Callable[[Any, Frame], Figure]
DRAWN: dict[str, Draw] = {
    "history": lambda search, frame: draw_history([history(search)] * 2, "loss", frame),
    "importance": lambda search, frame: draw_importance(dict.fromkeys(search.names, 0.5), frame),
    "parallel": lambda search, frame: draw_parallel(
        parallel_lines(search, search.names), "loss", more=False, frame=frame
    ),
    "slices": lambda search, frame: draw_slices(slices(search, search.names), "loss", frame),
    "contour": lambda search, frame: draw_contour(
        contour(search, *search.names[:2]), "loss", more=True, frame=frame
    ),
    "curves": lambda search, frame: draw_training_curves(
        training_curves(search, search.finished[0]), "loss", frame
    ),
}


def framed(folder: Path) -> Frame:
    return Frame(folder=folder, identity="drawn", title="Drawn")


@pytest.mark.parametrize("search", [SEARCH, ONE, ODD], ids=["many", "one", "odd"])
@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn(name: str, search: Any, tmp_path: Path) -> None:
    figure = DRAWN[name](search, framed(tmp_path))

    assert Image.open(tmp_path / figure.png).width > 800
    assert (tmp_path / figure.pdf).read_bytes().startswith(b"%PDF")


def test_three_answers_are_a_contour_too(tmp_path: Path) -> None:
    three = searched(
        *(
            outcome(number, value, params={"x": 0.5 * number, "y": 0.3 * number**2})
            for number, value in enumerate((1e12, 2.0, 3.0))
        ),
        space={},
    )

    assert Image.open(tmp_path / DRAWN["contour"](three, framed(tmp_path)).png).width > 800


def test_two_objectives_are_drawn_against_each_other(tmp_path: Path) -> None:
    figure = draw_front(pareto_front(SEARCH), framed(tmp_path))

    assert Image.open(tmp_path / figure.png).width > 800


def test_the_same_search_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (DRAWN["parallel"](SEARCH, framed(tmp_path / name)) for name in ("one", "other"))

    assert (tmp_path / "one" / one.png).read_bytes() == (tmp_path / "other" / other.png).read_bytes()
    assert (tmp_path / "one" / one.pdf).read_bytes() == (tmp_path / "other" / other.pdf).read_bytes()


def test_a_large_search_has_small_figures(tmp_path: Path) -> None:
    many = searched(*(outcome(number, (number * 7919 % 1000) / 1000) for number in range(1, 2001)))
    figure = DRAWN["parallel"](many, framed(tmp_path))

    assert (tmp_path / figure.png).stat().st_size < 300_000
    assert (tmp_path / figure.pdf).stat().st_size < 500_000
