from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tasks.data.boxes import Box, around, clip, fit, parse_box
from tasks.data.reading import DatasetError


def test_box_inside_stays() -> None:
    assert clip(Box(95, 71, 226, 313), 400, 500) == Box(95, 71, 226, 313)


def test_box_over_the_edges_is_cut() -> None:
    assert clip(Box(-5, 10, 50, 300), 40, 200) == Box(0, 10, 40, 190)


def test_box_that_fits_is_of_use_as_it_is() -> None:
    assert fit(Box(10, 20, 100, 120), 200, 200) == (Box(10, 20, 100, 120), "whole")


def test_box_over_the_edge_is_cut_and_said_to_be() -> None:
    assert fit(Box(-10, 20, 100, 120), 200, 200) == (Box(0, 20, 90, 120), "cut")


@pytest.mark.parametrize(
    "box",
    [Box(0, 0, 0, 313), Box(600, 274, 343, 475), Box(-60, 0, 100, 100), Box(10, 10, 8, 90)],
    ids=["without width", "outside", "mostly outside", "tiny"],
)
def test_box_that_shows_no_face_is_of_no_use(box: Box) -> None:
    assert fit(box, 200, 200) == (None, "useless")


def test_square_around_a_face_goes_by_the_larger_distance() -> None:
    # Eyes 40 apart, the mouth 50 below them: 2.8 times 50 around their middle.
    points = [(80.0, 100.0), (120.0, 100.0), (100.0, 125.0), (85.0, 150.0), (115.0, 150.0)]

    assert around(points) == Box(30, 55, 140, 140)


def test_face_turned_away_is_not_cut_narrower() -> None:
    assert around([(100.0, 100.0), (104.0, 150.0)]) == Box(32, 55, 140, 140)


def test_picture_without_a_box_is_told_apart() -> None:
    assert fit(None, 200, 200) == (None, "absent")


def test_cut_takes_the_pixels_of_the_box() -> None:
    rows, columns = np.indices((30, 40), dtype=np.uint8)
    corner = Box(5, 7, 10, 20).cut(np.dstack([rows, columns]))[[0, -1], [0, -1]]

    assert corner.tolist() == [[7, 5], [26, 14]]


def test_box_is_read_from_a_row() -> None:
    assert parse_box(Path("t.txt"), "a.jpg", ["-5", "71", "226", "313"]) == Box(-5, 71, 226, 313)


@pytest.mark.parametrize("values", [["1", "2", "3"], ["1", "2", "3", "wide"], ["1", "2", "3", "4.5"]])
def test_row_that_is_no_box_is_named(values: list[str]) -> None:
    with pytest.raises(DatasetError, match=r"`t\.txt`: the box of `a\.jpg` is not four whole numbers"):
        parse_box(Path("t.txt"), "a.jpg", values)
