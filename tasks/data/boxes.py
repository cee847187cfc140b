"""Face boxes: where a face lies in its picture, and whether such a box can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, get_args

from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T", bound="np.generic")
Point: TypeAlias = tuple[float, float]
Use: TypeAlias = Literal["whole", "cut", "useless", "absent"]
USES: tuple[Use, ...] = get_args(Use)

# A box of which less than this is inside the picture, or whose shorter side is below this many pixels, is
# taken for a failure of the detector. Both are choices of ours.
SMALLEST_SHARE, SMALLEST_SIDE = 0.5, 16
# A face from hairline to chin, in distances from the eyes to the mouth: a choice of ours too.
AROUND = 2.8


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the pixels of one picture; it may reach over the edges."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, picture: NDArray[T]) -> NDArray[T]:
        """Return this part of a picture (height x width, or height x width x channels) that it lies in."""
        return picture[self.y : self.y + self.height, self.x : self.x + self.width]


def parse_box(path: Path, name: str, values: Sequence[str]) -> Box:
    """Return the box of a picture from a row of a table; DatasetError unless it is four whole numbers."""
    try:
        x, y, width, height = map(int, values)
    except ValueError as error:
        raise DatasetError(f"`{path}`: the box of `{name}` is not four whole numbers") from error
    return Box(x, y, width, height)


def around(points: Sequence[Point]) -> Box:
    """Return the square around a face of which eyes, nose and corners of the mouth are known.

    Its side goes by the larger of their width and height: that is their height in a face that is turned away.
    """
    across, down = zip(*points, strict=True)
    width, height = max(across) - min(across), max(down) - min(down)
    side = round(AROUND * max(width, height))
    left, top = min(across) + (width - side) / 2, min(down) + (height - side) / 2
    return Box(round(left), round(top), side, side)


def clip(box: Box, width: int, height: int) -> Box | None:
    """Cut a box to a picture of this size; None when nothing is left: then take the whole picture."""
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.width, width), min(box.y + box.height, height)
    return Box(left, top, right - left, bottom - top) if left < right and top < bottom else None


def fit(box: Box | None, width: int, height: int) -> tuple[Box | None, Use]:
    """Return what of a box a picture of this size can be cut to, and of what use the box was.

    None for a picture without a box, and for a box that has no area, is tiny or lies mostly outside.
    """
    if box is None:
        return None, "absent"
    inside = clip(box, width, height)
    if inside is None or min(inside.width, inside.height) < SMALLEST_SIDE:
        return None, "useless"
    if inside.width * inside.height < SMALLEST_SHARE * box.width * box.height:
        return None, "useless"
    return inside, "whole" if inside == box else "cut"
