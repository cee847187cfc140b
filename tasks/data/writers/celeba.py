"""CelebA, drawn: the official tree, each person aligned and in the wild."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tasks.data import celeba
from tasks.data.boxes import Box
from tasks.data.drawing import Pose, backdrop, paint
from tasks.data.looks import facts, sample_look
from tasks.data.writers.people import cut, save_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.drawing import Portrait
    from tasks.data.images import Pixels
    from tasks.data.looks import Look

# The 40 columns of list_attr_celeba.txt in their official order.
HEADER = (
    "5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair "
    "Blond_Hair Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup "
    "High_Cheekbones Male Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose "
    "Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat "
    "Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young"
)
POINTS_HEADER = (
    "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y "
    "leftmouth_x leftmouth_y rightmouth_x rightmouth_y"
)
# Eyes, nose and mouth corners in the face coordinates of `drawing`, in the order of that header.
LANDMARKS = ((-0.42, -0.08), (0.42, -0.08), (0.0, 0.3), (-0.37, 0.66), (0.37, 0.66))
# The picture that is listed but not there: 000005.jpg.
ABSENT = 4


def write(root: Path, count: int, seed: int) -> None:
    """Write the official tree: trailing space, missing picture, boxes outside, cut, without width."""
    for folder in ("Anno", "Eval"):
        (root / folder).mkdir(parents=True)
    names = [f"{number:06d}.jpg" for number in range(1, count + 2)]
    attributes, boxes, landmarks, landmarks_in_the_wild = [], [], [], []
    for index, name in enumerate(names):
        look, pose, portrait, rng = aligned(seed, index)
        if index != ABSENT:
            save_jpeg(root / "Img" / "img_align_celeba" / name, portrait.image)
        wild, pose_in_the_wild, box = _in_the_wild(look, index, np.random.default_rng([seed, 3, index, 1]))
        if index != ABSENT:
            save_jpeg(root / "Img" / "img_celeba" / name, wild)
        attributes.append(f"{name} " + " ".join(f"{value:2d}" for value in _attribute_values(look, rng)))
        boxes.append(f"{name} {box.x:5d} {box.y:3d} {box.width:3d} {box.height:3d}")
        landmarks.append(_landmark_row(name, pose))
        landmarks_in_the_wild.append(_landmark_row(name, pose_in_the_wild))
    _write_table(root / "Anno" / "list_attr_celeba.txt", f"{HEADER} ", attributes)
    _write_table(root / "Anno" / "list_bbox_celeba.txt", "image_id x_1 y_1 width height", boxes)
    _write_table(root / "Anno" / celeba.LANDMARKS["aligned"], POINTS_HEADER, landmarks)
    _write_table(root / "Anno" / celeba.LANDMARKS["wild"], POINTS_HEADER, landmarks_in_the_wild)
    identities = [f"{name} {index + 1}\n" for index, name in enumerate(names)]
    (root / "Anno" / "identity_CelebA.txt").write_text("".join(identities))
    parts = zip(celeba.PARTITIONS.values(), cut(names, (8, 1, 1)), strict=True)
    rows = [f"{name} {number}\n" for number, chosen in parts for name in chosen]
    (root / "Eval" / "list_eval_partition.txt").write_text("".join(rows))


def aligned(seed: int, index: int) -> tuple[Look, Pose, Portrait, np.random.Generator]:
    """Return who is in an aligned picture, where, the picture, and the generator for what is drawn after it.

    index: from 0; the writer of CelebHair draws its masks by the same call.
    """
    rng = np.random.default_rng([seed, 3, index])
    look = sample_look(rng)
    right, down, larger, tilt = rng.normal(0, (1.5, 2, 1.5, 0.03))
    pose = Pose(89 + right, 119 + down, 46 + larger, tilt)
    return look, pose, paint(look, pose, backdrop(178, 218, rng), rng), rng


def _attribute_values(look: Look, rng: np.random.Generator) -> list[int]:
    """Return -1 or 1 for the 40 columns; what is not drawn is left to chance."""
    chance = {name: bool(rng.random() < 0.3) for name in HEADER.split()}
    return [1 if value else -1 for value in (chance | facts(look)).values()]


def _landmark_row(name: str, pose: Pose) -> str:
    points = [round(value) for point in pose.place(LANDMARKS) for value in point]
    return f"{name} {points[0]}" + "".join(f" {value:4d}" for value in points[1:])


def _in_the_wild(look: Look, index: int, rng: np.random.Generator) -> tuple[Pixels, Pose, Box]:
    """Return a picture of a size of its own, where its face lies, and the box around that.

    The 4th box has no width, the 7th reaches over the left edge, the 9th is one of the real table.
    """
    width, height = (int(side) for side in rng.integers((200, 240), (280, 340)))
    unit = float(rng.uniform(0.17, 0.23)) * width
    pose = Pose(
        x=width * 0.5 + rng.normal(0, 0.05) * width,
        y=height * 0.46 + rng.normal(0, 0.04) * height,
        unit=unit,
        tilt=float(rng.normal(0, 0.08)),
    )
    if index == 6:
        pose = Pose(x=unit, y=pose.y, unit=unit, tilt=pose.tilt)
    picture = paint(look, pose, backdrop(width, height, rng), rng).image
    if index == 8:
        return picture, pose, Box(600, 274, 343, 475)
    left, top = (round(value) for value in pose.place(((-1.25, -1.45),))[0])
    return picture, pose, Box(left, top, 0 if index == 3 else round(2.5 * unit), round(2.9 * unit))


def _write_table(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([str(len(rows)), header, *rows]) + "\n")
