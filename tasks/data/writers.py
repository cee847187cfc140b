"""Write synthetic people in the formats of LFW, HELEN, CelebA and ELFW, with the faults of real copies.

Each writer fills one folder with `count` usable samples, and with broken ones that a reader must drop.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from tasks.data import celeba, elfw, helen, lfw
from tasks.data.drawing import Part, Portrait, Pose, backdrop, paint
from tasks.data.looks import Glasses, Look, facts, sample_look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tasks.data.images import Pixels

T = TypeVar("T")

FIRST_NAMES = "Aaron Beth Carlos Dana Emil Fatima Goran Hanna Ivo Jamila Kofi Laura Mei Nils Olga Pablo"
LAST_NAMES = "Abbott Berg al-Masri Costa Dahl Eriksen Fischer Garcia Hoang Ito Jansen Keller Lopez Moreau"
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
FEATURES = tuple(part for part in Part if Part.LEFT_BROW <= part <= Part.LOWER_LIP)
LFW_COLOURS = {"hair": (255, 0, 0), "skin": (0, 255, 0), "background": (0, 0, 255)}
LFW_SKIN = (Part.SKIN, Part.NECK, Part.EAR, Part.GLASSES, *FEATURES)
LFW_HAIR = (Part.HAIR, Part.FACIAL_HAIR)
ELFW_PARTS = {
    "skin": (Part.SKIN, Part.NECK, Part.EAR, *FEATURES),
    "hair": (Part.HAIR,),
    "beard-mustache": (Part.FACIAL_HAIR,),
    "sunglasses": (Part.GLASSES,),
    "wearable": (Part.CAP,),
}
# What HELEN puts into its map of face skin besides bare skin.
HELEN_SKIN = (Part.SKIN, Part.FACIAL_HAIR, Part.GLASSES)
JPEG_QUALITY = 92


def write_lfw(root: Path, count: int, seed: int) -> None:
    """Write LFW part labels: names with numbers 1 and 12, dot-files, a pixel off the palette."""
    names = _person_names(count)
    masks = root / lfw.MASKS
    masks.mkdir(parents=True)
    for index, (person, number) in enumerate(names):
        rng = np.random.default_rng([seed, 1, index])
        portrait = _portrait(sample_look(rng), 250, 250, rng)
        name = f"{person}_{number:04d}"
        if index != count:  # that face is listed and has a mask, but no picture
            _save_jpeg(root / lfw.IMAGES / person / f"{name}.jpg", portrait.image)
        if index != count + 1:  # and that one a picture but no mask
            labels = _lfw_labels(portrait)
            if index == 0:
                labels[0, 0] = (2, 1, 254)
            Image.fromarray(labels).save(masks / f"{name}.ppm")
    (masks / "._Aaron_Abbott_0001.ppm").write_bytes(b"\x00\x05\x16\x07")
    (masks / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    for file, part in zip(lfw.LISTS.values(), _split(names, (1500, 500, 927)), strict=True):
        (root / file).write_text("".join(f"{person} {number}\n" for person, number in part))


def write_helen(root: Path, count: int, seed: int) -> None:
    """Write HELEN: many sizes, maps that sum to 0 and to 300, blank last lines."""
    names = [f"{232194 + 7919 * index}_{index % 3 + 1}" for index in range(count + 2)]
    for index, name in enumerate(names):
        rng = np.random.default_rng([seed, 2, index])
        short = int(rng.integers(150, 230))
        long = int(short * rng.uniform(1.0, 1.45))
        width, height = (short, long) if rng.random() < 0.6 else (long, short)
        portrait = _portrait(sample_look(rng), width, height, rng)
        if index != count:  # that face has maps but no picture
            _save_jpeg(root / "images" / f"{name}.jpg", portrait.image)
        maps = _helen_maps(portrait)
        if index == 0:
            maps[:, :4, :8] = 0
            maps[1:3, :4, 4:8] = 150
        folder = root / "labels" / name
        folder.mkdir(parents=True)
        for part in range(helen.PARTS if index != count + 1 else helen.HAIR):  # and that one no hair map
            Image.fromarray(maps[part]).save(folder / f"{name}_lbl{part:02d}.png", compress_level=1)
    number = 0
    for file, chosen in zip(helen.LISTS.values(), _split(names, (2000, 230, 100)), strict=True):
        lines = [f"{at} , {name}\n" for at, name in enumerate(chosen, number + 1)]
        number += len(lines)
        (root / file).write_text("".join(lines) + "\n")


def write_celeba(root: Path, count: int, seed: int) -> None:
    """Write the official tree: trailing space, missing picture, boxes outside and without width."""
    for folder in ("Anno", "Eval"):
        (root / folder).mkdir(parents=True)
    names = [f"{number:06d}.jpg" for number in range(1, count + 2)]
    attributes, boxes, landmarks = [], [], []
    for index, name in enumerate(names):
        rng = np.random.default_rng([seed, 3, index])
        look = sample_look(rng)
        right, down, larger, tilt = rng.normal(0, (1.5, 2, 1.5, 0.03))
        pose = Pose(89 + right, 119 + down, 46 + larger, tilt)
        portrait = paint(look, pose, backdrop(178, 218, rng), rng)
        if index != 4:  # 000005.jpg is listed but not there
            _save_jpeg(root / "Img" / "img_align_celeba" / name, portrait.image)
        x, y, box_width, box_height = _box(index, rng)
        attributes.append(f"{name} " + " ".join(f"{value:2d}" for value in _attribute_values(look, rng)))
        boxes.append(f"{name} {x:5d} {y:3d} {box_width:3d} {box_height:3d}")
        points = [round(value) for point in pose.place(LANDMARKS) for value in point]
        landmarks.append(f"{name} {points[0]}" + "".join(f" {value:4d}" for value in points[1:]))
    _write_table(root / "Anno" / "list_attr_celeba.txt", f"{HEADER} ", attributes)
    _write_table(root / "Anno" / "list_bbox_celeba.txt", "image_id x_1 y_1 width height", boxes)
    _write_table(root / "Anno" / "list_landmarks_align_celeba.txt", POINTS_HEADER, landmarks)
    identities = [f"{name} {index + 1}\n" for index, name in enumerate(names)]
    (root / "Anno" / "identity_CelebA.txt").write_text("".join(identities))
    parts = zip(celeba.PARTITIONS.values(), _split(names, (8, 1, 1)), strict=True)
    rows = [f"{name} {number}\n" for number, chosen in parts for name in chosen]
    (root / "Eval" / "list_eval_partition.txt").write_text("".join(rows))


def write_elfw(root: Path, count: int, seed: int) -> None:
    """Write ELFW: a third each of hair, spectacles and cap; lists with and without extension."""
    basic = root / "elfw_01_basic"
    (basic / "labels").mkdir(parents=True)
    names = [f"{person}_{number:04d}" for person, number in _person_names(count)]
    for index, name in enumerate(names):
        rng = np.random.default_rng([seed, 4, index])
        glasses: Glasses = "dark" if index % 3 == 1 else "none"
        look = sample_look(rng, glasses=glasses, cap=index % 3 == 2)
        portrait = _portrait(look, 250, 250, rng)
        if index != count:  # that face has a mask but no picture
            _save_jpeg(basic / "faces" / f"{name}.jpg", portrait.image)
        if index != count + 1:  # and that one a picture but no mask
            labels = _coloured(portrait.parts_at_size(), ELFW_PARTS, elfw.PALETTE)
            Image.fromarray(labels).save(basic / "labels" / f"{name}.png", compress_level=1)
    (basic / "faces" / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    validation = names[: count // 10 * 3]
    for at, file in enumerate(elfw.SETS):
        ending = ".jpg" if at == 0 else ""
        (basic / file).write_text("".join(f"{name}{ending}\n" for name in validation[at::3]))


def _person_names(count: int) -> list[tuple[str, int]]:
    """Return count + 2 people with picture numbers; among them 1 and 12, which files pad to four digits."""
    people = [f"{first}_{last}" for last in LAST_NAMES.split() for first in FIRST_NAMES.split()]
    return [(people[index // 3], (1, 12, 3)[index % 3]) for index in range(count + 2)]


def _portrait(look: Look, width: int, height: int, rng: np.random.Generator) -> Portrait:
    """Paint a person near the middle of a picture of this size, larger or smaller, a little tilted."""
    short = min(width, height)
    pose = Pose(
        x=width / 2 + rng.normal(0, 0.06) * short,
        y=height * 0.46 + rng.normal(0, 0.05) * short,
        unit=rng.uniform(0.15, 0.24) * short,
        tilt=rng.normal(0, 0.1),
    )
    return paint(look, pose, backdrop(width, height, rng), rng)


def _lfw_labels(portrait: Portrait) -> Pixels:
    """Return the coloured labels with stair-case borders, as if painted on superpixels."""
    parts = Image.fromarray(portrait.parts_at_size())
    coarse = parts.resize((84, 84), Image.Resampling.NEAREST).resize(parts.size, Image.Resampling.NEAREST)
    return _coloured(np.array(coarse), {"skin": LFW_SKIN, "hair": LFW_HAIR}, LFW_COLOURS)


def _helen_maps(portrait: Portrait) -> Pixels:
    """Return the eleven probability maps (11 x height x width); map 0 is what the others leave."""
    groups = [HELEN_SKIN, *((part,) for part in FEATURES), (Part.HAIR,)]
    maps = np.stack([portrait.coverage(group) for group in groups])
    rest = 255 - maps.sum(axis=0, dtype=np.uint16).clip(max=255)
    return np.concatenate([rest[None].astype(np.uint8), maps])


def _coloured(
    parts: Pixels, groups: Mapping[str, Sequence[Part]], palette: Mapping[str, tuple[int, int, int]]
) -> Pixels:
    """Return the colour of each pixel's group, or the palette's background (height x width x 3)."""
    colours = np.full((len(Part), 3), palette["background"], dtype=np.uint8)
    for group, members in groups.items():
        colours[list(members)] = palette[group]
    return colours[parts]


def _attribute_values(look: Look, rng: np.random.Generator) -> list[int]:
    """Return -1 or 1 for the 40 columns; what is not drawn is left to chance."""
    chance = {name: bool(rng.random() < 0.3) for name in HEADER.split()}
    return [1 if value else -1 for value in (chance | facts(look)).values()]


def _box(index: int, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Return a box of an in-the-wild picture: the 4th has no width, the 9th is one of the real table."""
    if index == 8:
        return 600, 274, 343, 475
    x, y, width, height = (int(value) for value in rng.integers((20, 20, 120, 160), (160, 120, 400, 520)))
    return x, y, 0 if index == 3 else width, height


def _split(names: list[T], shares: tuple[int, ...]) -> list[list[T]]:
    """Cut the names one after the other in proportion to the shares."""
    cuts = [round(sum(shares[:at]) / sum(shares) * len(names)) for at in range(len(shares) + 1)]
    return [names[start:end] for start, end in pairwise(cuts)]


def _write_table(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([str(len(rows)), header, *rows]) + "\n")


def _save_jpeg(path: Path, image: Pixels) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, quality=JPEG_QUALITY)
