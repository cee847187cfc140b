from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tasks.data.drawing import Part, Portrait, Pose, paint
from tasks.data.looks import Look, sample_look

PLAIN = replace(
    sample_look(np.random.default_rng(0), glasses="none", cap=False),
    style="short",
    bangs=False,
    beard=False,
    moustache=False,
)
POSE = Pose(x=60, y=60, unit=25, tilt=0)


def portrait(look: Look, pose: Pose = POSE) -> Portrait:
    backdrop = np.full((120, 120, 3), 128, dtype=np.uint8)
    return paint(look, pose, backdrop, np.random.default_rng(0))


def parts(look: Look) -> set[int]:
    return set(np.unique(portrait(look).parts).tolist())


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"glasses": "dark"}, Part.GLASSES),
        ({"glasses": "clear"}, Part.GLASSES),
        ({"cap": (200, 0, 0)}, Part.CAP),
        ({"moustache": True}, Part.FACIAL_HAIR),
        ({"beard": True}, Part.FACIAL_HAIR),
    ],
)
def test_what_is_worn_is_drawn_and_labelled(change: dict[str, Any], part: Part) -> None:
    assert parts(replace(PLAIN, **change)) - parts(PLAIN) == {part}


def test_a_bald_head_has_no_hair() -> None:
    assert Part.HAIR not in parts(replace(PLAIN, style="bald"))


def test_long_hair_is_more_than_short_hair() -> None:
    short, long = (portrait(replace(PLAIN, style=style)).parts == Part.HAIR for style in ("short", "long"))

    assert long.sum() > 2 * short.sum()


def test_lipstick_changes_only_the_lips() -> None:
    bare, made_up = portrait(replace(PLAIN, lipstick=None)), portrait(replace(PLAIN, lipstick=(200, 24, 52)))
    changed = (bare.image != made_up.image).any(axis=2)

    assert changed.any()
    assert not (changed & (bare.coverage([Part.UPPER_LIP, Part.LOWER_LIP]) == 0)).any()


def test_left_is_the_viewer_s_left() -> None:
    drawn = portrait(PLAIN).parts

    assert np.nonzero(drawn == Part.LEFT_EYE)[1].max() < np.nonzero(drawn == Part.RIGHT_EYE)[1].min()


def test_face_moves_with_its_pose() -> None:
    moved = portrait(PLAIN, replace(POSE, x=70)).parts_at_size() == Part.NOSE

    assert np.array_equal(moved, np.roll(portrait(PLAIN).parts_at_size() == Part.NOSE, 10, axis=1))


def test_coverage_is_soft_at_the_border() -> None:
    assert {0, 255} < set(np.unique(portrait(PLAIN).coverage([Part.SKIN])).tolist())


def test_picture_and_parts_have_one_size() -> None:
    drawn = portrait(PLAIN)

    assert drawn.parts_at_size().shape == drawn.image.shape[:2] == (120, 120)
