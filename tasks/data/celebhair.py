"""CelebHair: masks of face and hair for some 3,500 of CelebA's aligned pictures (Borza et al., 2018).

A mask has the number of its picture: `segmentation_masks/000567.bmp` belongs to `000567.jpg` of CelebA, which
lies beside this dataset, or to `000567.png` there: CelebA is shipped in both forms, and the authors of the
masks name the latter. Where both lie, the jpg is taken.
Grey values of a mask are 0 background, 128 face and 255 hair.
The masks are spread over all three partitions of CelebA.
(Another CelebHair, of Chen et al. 2021, has labels instead of masks.)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from tasks.data import celeba, images, layout
from tasks.data.reading import DatasetError, MaskedFace, Reading, file_names, make_reading

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tasks.data.images import Mask, Pixels

MASKS = "segmentation_masks"
FORMS = (".jpg", ".png")
BACKGROUND, FACE, HAIR = 0, 128, 255


def read(root: Path) -> Reading[MaskedFace]:
    """Read every mask whose picture is in `celeba/` beside this folder.

    Raises DatasetError for a wrong layout, and when CelebA is not there.
    """
    layout.require("celebhair", root)
    pictures_at = _find_celeba(root)
    pictures = file_names(pictures_at)
    faces: list[MaskedFace] = []
    dropped: Counter[str] = Counter()
    remarks: Counter[str] = Counter()
    for file in sorted(file_names(root / MASKS)):
        name, _, ending = file.rpartition(".")
        if ending != "bmp":
            dropped["not a .bmp file"] += 1
        elif not (picture := next((name + form for form in FORMS if name + form in pictures), None)):
            dropped["image missing"] += 1
        else:
            face = MaskedFace(name, pictures_at / picture, root / MASKS / file)
            labels = images.load_grey(face.labels)
            wrong = int(np.count_nonzero(repair(labels) != labels))
            remarks["pixel off the three values, set to the nearest"] += wrong
            faces.append(face)
    return make_reading("celebhair", root, faces, dropped, remarks)


def load(face: MaskedFace, *, hair: bool) -> tuple[Pixels, Mask]:
    """Return the picture (height x width x 3) and its mask (height x width): face, with or without hair."""
    image, labels = images.load_rgb(face.image), images.load_grey(face.labels)
    images.check_same_size(face.name, image, labels)
    nearest = repair(labels)
    return image, nearest > BACKGROUND if hair else nearest == FACE


def repair(labels: Pixels) -> NDArray[np.uint8]:
    """Set each grey value to the nearest of 0, 128 and 255; any shape."""
    values = np.array((BACKGROUND, FACE, HAIR))
    nearest = np.abs(np.arange(256)[:, None] - values).argmin(axis=1)
    return np.asarray(values[nearest][labels], dtype=np.uint8)


def _find_celeba(root: Path) -> Path:
    beside = root.parent / "celeba"
    pictures_at = celeba.picture_folder(beside)
    if not pictures_at.is_dir():
        raise DatasetError(
            f"the pictures of celebhair are those of CelebA, which are not at `{pictures_at}`\n"
            f"hint: lay CelebA's `img_align_celeba` into `{beside}`, as jpg or png"
        )
    return pictures_at
