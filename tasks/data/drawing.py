"""Paints a synthetic person: the picture, and beside it which part each pixel belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from tasks.data.looks import HAIRS, Colour, Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tasks.data.images import Pixels

# Everything is drawn at twice its size and averaged down, which gives soft edges.
OVERSAMPLING = 2


class Part(IntEnum):
    """What a pixel shows; left and right are the viewer's."""

    BACKGROUND = 0
    SKIN = 1
    LEFT_BROW = 2
    RIGHT_BROW = 3
    LEFT_EYE = 4
    RIGHT_EYE = 5
    NOSE = 6
    UPPER_LIP = 7
    INNER_MOUTH = 8
    LOWER_LIP = 9
    HAIR = 10
    NECK = 11
    EAR = 12
    FACIAL_HAIR = 13
    GLASSES = 14
    CAP = 15
    CLOTHES = 16


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the face lies: the middle and half the width of the face in pixels, and its tilt in radians."""

    x: float
    y: float
    unit: float
    tilt: float

    def place(self, points: Sequence[tuple[float, float]], scale: float = 1.0) -> list[tuple[float, float]]:
        """Map face coordinates (half a face width is 1, y points down) to pixels times `scale`."""
        cos, sin = np.cos(self.tilt) * self.unit, np.sin(self.tilt) * self.unit
        return [
            (float(self.x + cos * x - sin * y) * scale, float(self.y + sin * x + cos * y) * scale)
            for x, y in points
        ]


@dataclass(frozen=True, slots=True)
class Portrait:
    """The picture (height x width x 3) and the parts at twice its height and width."""

    image: Pixels
    parts: Pixels

    def parts_at_size(self) -> Pixels:
        """Return the part of each pixel of the picture (height x width)."""
        return self.parts[::OVERSAMPLING, ::OVERSAMPLING]

    def coverage(self, part: Sequence[Part]) -> Pixels:
        """Return 0..255: how much of each pixel of the picture these parts cover (height x width)."""
        inside = Image.fromarray(np.isin(self.parts, part).astype(np.uint8) * 255)
        return np.array(inside.reduce(OVERSAMPLING))


class Canvas:
    """Draws each shape twice: in its colour, and in the number of its part."""

    def __init__(self, backdrop: Pixels, pose: Pose) -> None:
        """Start from a backdrop (height x width x 3)."""
        height, width = backdrop.shape[:2]
        large = (width * OVERSAMPLING, height * OVERSAMPLING)
        self.picture = Image.fromarray(backdrop).resize(large, Image.Resampling.BILINEAR)
        self.parts = Image.new("L", large, Part.BACKGROUND)
        self._paint, self._number = ImageDraw.Draw(self.picture), ImageDraw.Draw(self.parts)
        self._pose = pose

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour, part: Part | None) -> None:
        """Fill a polygon in face coordinates; without a part only its colour is drawn."""
        placed = self._pose.place(points, OVERSAMPLING)
        self._paint.polygon(placed, fill=colour)
        if part is not None:
            self._number.polygon(placed, fill=int(part))

    def line(
        self, points: Sequence[tuple[float, float]], width: float, colour: Colour, part: Part | None
    ) -> None:
        """Draw a line of this width in face coordinates."""
        placed = self._pose.place(points, OVERSAMPLING)
        pixels = max(1, round(width * self._pose.unit * OVERSAMPLING))
        self._paint.line(placed, fill=colour, width=pixels, joint="curve")
        if part is not None:
            self._number.line(placed, fill=int(part), width=pixels, joint="curve")


def paint(look: Look, pose: Pose, backdrop: Pixels, rng: np.random.Generator) -> Portrait:
    """Paint a person before a backdrop (height x width x 3); `rng` draws light and grain."""
    canvas = Canvas(backdrop, pose)
    _back_hair(canvas, look)
    _body(canvas, look)
    _head(canvas, look)
    _facial_hair(canvas, look)
    _mouth(canvas, look)
    _eyes(canvas, look)
    _front_hair(canvas, look)
    _glasses(canvas, look)
    _cap(canvas, look)
    image = np.array(canvas.picture.reduce(OVERSAMPLING), dtype=np.float32)
    return Portrait(_light_and_grain(image, rng), np.array(canvas.parts))


def backdrop(width: int, height: int, rng: np.random.Generator) -> Pixels:
    """Draw a backdrop (height x width x 3): a slope between two colours with a few boxes and balls."""
    top, bottom = rng.integers(30, 226, size=(2, 3))
    slope = np.linspace(0, 1, height)[:, None, None]
    rows = (top * (1 - slope) + bottom * slope).astype(np.uint8)
    picture = Image.fromarray(np.broadcast_to(rows, (height, width, 3)).copy())
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(2, 7))):
        x, y = float(rng.uniform(-0.2, 1) * width), float(rng.uniform(-0.2, 1) * height)
        box = (x, y, x + float(rng.uniform(0.1, 0.5) * width), y + float(rng.uniform(0.1, 0.5) * height))
        red, green, blue = (int(channel) for channel in rng.integers(20, 236, size=3))
        (draw.rectangle if rng.random() < 0.5 else draw.ellipse)(box, fill=(red, green, blue))
    return np.array(picture)


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour made darker (below 1) or lighter (above 1)."""
    red, green, blue = (min(255, round(channel * factor)) for channel in colour)
    return red, green, blue


def _oval(
    x: float, y: float, half_width: float, half_height: float, *, start: float = 0.0, end: float = 360.0
) -> list[tuple[float, float]]:
    """Return points of an oval from `start` to `end` degrees; 0 is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, 40))
    return [(x + half_width * float(np.cos(a)), y + half_height * float(np.sin(a))) for a in angles]


def _back_hair(canvas: Canvas, look: Look) -> None:
    if look.style not in {"medium", "long"}:
        return
    colour = shade(HAIRS[look.hair], 0.8)
    bottom = 1.0 if look.style == "medium" else 2.1
    canvas.polygon(_oval(0, -0.35, 1.32, 1.4), colour, Part.HAIR)
    canvas.polygon([(-1.3, -0.4), (1.3, -0.4), (1.38, bottom), (-1.38, bottom)], colour, Part.HAIR)


def _body(canvas: Canvas, look: Look) -> None:
    canvas.polygon([(-0.5, 0.8), (0.5, 0.8), (0.56, 2.2), (-0.56, 2.2)], shade(look.skin, 0.84), Part.NECK)
    collar = [
        (-4, 4),
        (-2.3, 2.15),
        (-0.6, 1.75),
        (0, 2.15),
        (0.6, 1.75),
        (2.3, 2.15),
        (4, 4),
        (4, 9),
        (-4, 9),
    ]
    canvas.polygon(collar, look.clothes, Part.CLOTHES)
    if look.necktie:
        tie = [(-0.16, 2.1), (0.16, 2.1), (0.1, 2.4), (0.26, 4), (-0.26, 4), (-0.1, 2.4)]
        canvas.polygon(tie, shade(look.clothes, 0.5), Part.CLOTHES)


def _head(canvas: Canvas, look: Look) -> None:
    for side in (-1, 1):
        canvas.polygon(_oval(side * 0.98, 0.1, 0.16, 0.28), shade(look.skin, 0.92), Part.EAR)
        if look.earrings:
            canvas.polygon(_oval(side * 1.02, 0.48, 0.09, 0.12), (240, 214, 90), None)
    canvas.polygon([_jaw(x, y, look.jaw) for x, y in _oval(0, 0, 1, 1.3)], look.skin, Part.SKIN)
    if look.rosy:
        for side in (-1, 1):
            cheek = (min(255, look.skin[0] + 24), max(0, look.skin[1] - 26), max(0, look.skin[2] - 12))
            canvas.polygon(_oval(side * 0.58, 0.32, 0.2, 0.15), cheek, None)
    if not look.young:
        _wrinkles(canvas, look)
    nose = [(-0.07, -0.15), (0.07, -0.15), (0.2, 0.3), (0.1, 0.38), (-0.1, 0.38), (-0.2, 0.3)]
    canvas.polygon(nose, shade(look.skin, 0.88), Part.NOSE)


def _jaw(x: float, y: float, square: float) -> tuple[float, float]:
    """Make the lower half of an oval more pointed (0) or more square (1)."""
    return (x * (1 + (0.3 * square - 0.18) * min(y, 1.0)), y) if y > 0 else (x, y)


def _wrinkles(canvas: Canvas, look: Look) -> None:
    dark = shade(look.skin, 0.72)
    for y in (-0.62, -0.74):
        canvas.line([(-0.4, y), (0, y - 0.04), (0.4, y)], 0.03, dark, None)
    for side in (-1, 1):
        canvas.line([(side * 0.26, 0.34), (side * 0.4, 0.5), (side * 0.46, 0.72)], 0.04, dark, None)
        canvas.line([(side * 0.24, 0.06), (side * 0.4, 0.12), (side * 0.56, 0.06)], 0.03, dark, None)


def _facial_hair(canvas: Canvas, look: Look) -> None:
    colour = shade(HAIRS[look.hair], 0.9)
    if look.beard:
        outer = [_jaw(x, y, look.jaw) for x, y in _oval(0, 0.02, 1.0, 1.33, start=12, end=168)]
        canvas.polygon(
            [*outer, (-0.62, 0.5), (-0.3, 0.52), (0.3, 0.52), (0.62, 0.5)], colour, Part.FACIAL_HAIR
        )
    if look.moustache:
        shape = [(-0.42, 0.56), (-0.3, 0.44), (0, 0.4), (0.3, 0.44), (0.42, 0.56), (0, 0.54)]
        canvas.polygon(shape, colour, Part.FACIAL_HAIR)


def _mouth(canvas: Canvas, look: Look) -> None:
    width, lift = (0.42, -0.09) if look.smiling else (0.33, 0.0)
    colour = look.lipstick or (min(255, look.skin[0]), round(look.skin[1] * 0.72), round(look.skin[2] * 0.74))
    gap = 0.12 if look.mouth_open else 0.02
    left, right = (-width, 0.68 + lift), (width, 0.68 + lift)
    seam = [left, (-width / 2, 0.68 + lift / 4), (0, 0.68), (width / 2, 0.68 + lift / 4), right]
    upper = [right, (width / 2, 0.6), (0.07, 0.58), (0, 0.61), (-0.07, 0.58), (-width / 2, 0.6)]
    lower = [right, (width / 2, 0.82 + gap), (0, 0.87 + gap), (-width / 2, 0.82 + gap)]
    inner = [right, (width / 2, 0.71 + gap), (0, 0.74 + gap), (-width / 2, 0.71 + gap)]
    canvas.polygon([*seam, *lower], shade(colour, 1.08), Part.LOWER_LIP)
    canvas.polygon([*seam, *inner], (236, 230, 226) if look.smiling else (70, 24, 28), Part.INNER_MOUTH)
    canvas.polygon([*seam, *upper], colour, Part.UPPER_LIP)


def _eyes(canvas: Canvas, look: Look) -> None:
    thick = 0.15 if look.bushy_brows else 0.07
    brow = shade(HAIRS[look.hair], 0.75)
    for side, eye, brow_part in ((-1, Part.LEFT_EYE, Part.LEFT_BROW), (1, Part.RIGHT_EYE, Part.RIGHT_BROW)):
        x = side * 0.42
        canvas.polygon(_oval(x, -0.08, 0.2, 0.11), (244, 244, 240), eye)
        canvas.polygon(_oval(x, -0.08, 0.09, 0.1), look.iris, eye)
        canvas.polygon(_oval(x, -0.08, 0.04, 0.05), (10, 10, 10), eye)
        canvas.line([(x - 0.22, -0.3), (x, -0.37), (x + 0.22, -0.3)], thick, brow, brow_part)


def _front_hair(canvas: Canvas, look: Look) -> None:
    if look.style == "bald":
        return
    colour = HAIRS[look.hair]
    hairline = -0.5 if look.bangs else -0.82
    crown = _oval(0, -0.1, 1.1, 1.42, start=188, end=352)
    canvas.polygon(
        [*crown, (0.86, -0.42), (0.6, hairline), (-0.6, hairline), (-0.86, -0.42)], colour, Part.HAIR
    )
    if look.style in {"medium", "long"}:
        bottom = 0.95 if look.style == "medium" else 2.0
        for side in (-1, 1):
            lock = [(0.7, -0.9), (1.05, -0.8), (1.36, 0.4), (1.36, bottom), (0.9, bottom), (0.92, 0.1)]
            canvas.polygon([(side * x, y) for x, y in lock], colour, Part.HAIR)
    for x in (-0.5, -0.1, 0.35):
        canvas.line([(x, -1.38), (x * 1.25, -1.0)], 0.03, shade(colour, 1.35), None)


def _glasses(canvas: Canvas, look: Look) -> None:
    if look.glasses == "none":
        return
    frame = (26, 26, 30)
    for side in (-1, 1):
        rim = _oval(side * 0.44, -0.05, 0.34, 0.27)
        if look.glasses == "dark":
            canvas.polygon(rim, (34, 30, 34), Part.GLASSES)
        canvas.line([*rim, rim[0]], 0.07, frame, Part.GLASSES)
        canvas.line([(side * 0.76, -0.1), (side * 1.02, -0.08)], 0.07, frame, Part.GLASSES)
    canvas.line([(-0.12, -0.1), (0.12, -0.1)], 0.07, frame, Part.GLASSES)


def _cap(canvas: Canvas, look: Look) -> None:
    if look.cap is None:
        return
    canvas.polygon(_oval(0, -0.6, 1.26, 1.2, start=180), look.cap, Part.CAP)
    brim = [(-1.26, -0.7), (1.26, -0.7), (1.4, -0.5), (0, -0.42), (-1.4, -0.5)]
    canvas.polygon(brim, shade(look.cap, 0.7), Part.CAP)


def _light_and_grain(image: NDArray[np.float32], rng: np.random.Generator) -> Pixels:
    """Light the picture from one side and add the grain of a sensor."""
    height, width = image.shape[:2]
    left, right = rng.uniform(0.75, 1.15, size=2)
    light = np.linspace(left, right, width, dtype=np.float32)[None, :, None]
    grain = rng.standard_normal((height, width, 1), dtype=np.float32) * 5
    return np.asarray((image * light + grain).clip(0, 255).astype(np.uint8))
