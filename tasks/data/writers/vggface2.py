"""VGGFace2, drawn: the same person looks alike in all pictures, but for pose, light, backdrop and mouth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tasks.data.drawing import Pose, backdrop, paint
from tasks.data.looks import sample_look
from tasks.data.writers.people import save_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.data.looks import Look
    from tasks.data.vggface2 import Part

# People for testing, besides those for training.
TESTED = 2
# A comma, quotes and a letter that is not ASCII, as in the real table.
NAMES = ("14th_Dalai_Lama", 'Robert_"Bob",_Jr.', "José_Ño", "A_J_Buckley")


def write(root: Path, count: int, seed: int) -> None:
    """Write lists with and without prefix, tight and loose rows, a name with commas, a box from outside."""
    (root / "meta").mkdir(parents=True)
    (root / "bb_landmark").mkdir()
    each = max(6, count // 16)  # pictures of a person
    trained = -(-count // each)
    rows = ["Class_ID, Name, Sample_Num, Flag, Gender"]
    listed: dict[Part, list[str]] = {"train": [], "test": []}
    boxes: dict[Part, list[str]] = {"train": ["NAME_ID,X,Y,W,H"], "test": ["NAME_ID,X,Y,W,H"]}
    left = count
    for index in range(trained + TESTED):
        part: Part = "test" if index in {0, 3} else "train"
        pictures = each if part == "test" else min(each, left)
        left -= pictures if part == "train" else 0
        identity = f"n{index + 1:06d}"
        look = sample_look(np.random.default_rng([seed, 5, index]), cap=False)
        rows.append(_row(index, identity, pictures, part, look))
        for number in range(1, pictures + 1):
            picture, box = _picture(look, np.random.default_rng([seed, 5, index, number]), number)
            name = f"{identity}/{number:04d}_01"
            save_jpeg(root / part / f"{name}.jpg", picture)
            listed[part].append(f"{name}.jpg")
            boxes[part].append(f'"{name}",' + ",".join(str(value) for value in box))
    listed["train"].append("n000002/0999_01.jpg")  # listed but not there
    listed["train"] = [f"train/{name}" if at % 2 else name for at, name in enumerate(listed["train"])]
    (root / "meta" / "identity_meta.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for part, names in listed.items():
        (root / f"{part}_list.txt").write_text("".join(f"{name}\n" for name in names))
        (root / "bb_landmark" / f"loose_bb_{part}.csv").write_text("\n".join(boxes[part]) + "\n")


def _row(index: int, identity: str, pictures: int, part: Part, look: Look) -> str:
    """Return a row of the meta table: every second one tight, every third one with a last comma."""
    name = NAMES[index] if index < len(NAMES) else f"Person_{index}"
    cells = (identity, f'"{name}"', str(pictures), str(int(part == "train")), "m" if look.male else "f")
    return ("," if index % 2 else ", ").join(cells) + ("," if index % 3 == 0 else "")


def _picture(look: Look, rng: np.random.Generator, number: int) -> tuple[Pixels, tuple[int, int, int, int]]:
    """Return a picture of a size of its own and the box of its face: x, y, width, height."""
    shown = replace(look, smiling=bool(rng.random() < 0.5), mouth_open=bool(rng.random() < 0.5))
    width = int(rng.integers(110, 170))
    height = round(width * float(rng.uniform(1.1, 1.4)))
    unit = float(rng.uniform(0.2, 0.26)) * width
    pose = Pose(
        # The first picture of each person is cut at the left edge: its box begins outside.
        x=0.8 * unit if number == 1 else width / 2 + rng.normal(0, 0.04) * width,
        y=height * 0.45 + rng.normal(0, 0.03) * height,
        unit=unit,
        tilt=float(rng.normal(0, 0.1)),
    )
    picture = paint(shown, pose, backdrop(width, height, rng), rng).image
    left, top = (round(value) for value in pose.place(((-1.15, -1.45),))[0])
    return picture, (left, top, round(2.3 * unit), round(2.85 * unit))
