"""What is measured beside single trainings: preparation, lockstep, and what a whole study comes to."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.clocked import now
from benchmarks.lockstep import Sweep, alone, together
from tasks import gender, mininet, segment
from tasks.data import images
from tasks.parts import pictures
from tasks.parts.context import FolderContext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tasks.data.images import Mask, Pixels

# Pictures that source 000 prepares: CelebA's aligned ones, LFW's, and HELEN's, which are larger.
SOURCES = {"celeba": ((218, 178), 12_000), "lfw": ((250, 250), 2927), "helen": ((1024, 1024), 2330)}
ENCODED = 2927 + 2330
MASKED = {"lfw": 2927, "helen": 2330}
# How often each is trained in the study of a source, 1 being as many epochs as its row is of. AFLW's network
# counts as one of CelebA's.
STUDIES = {
    "000, face segmentation": {**{f"gender {encoder}": 1.0 for encoder in gender.EPOCHS}, "segment": 24.0},
    "001, background removal": {"unet": 1.0, "recognition": 1.0},
    "002, ELFW": {"transfer": 1.0, "mininet": 1 + 18 * 10 / 50},
    "003, facial attributes": {"attributes fc": 5.0, "attributes conv4": 2.0},
    "004, multi-task": {"multitask": 30.0},
}
THEIRS = "source's hours"


def whole_studies(found: Mapping[str, Mapping[str, float]], variant: str) -> dict[str, dict[str, float]]:
    """Return the hours of all trainings of a study, beside the source's where it tells them.

    Nothing of a study of which a training is not measured.
    """
    sums = {}
    for study, counts in STUDIES.items():
        rows = {part: found.get(f"{part}, {variant}", {}) for part in counts}
        if all(rows.values()):
            sums[study] = {
                name: sum(count * rows[part][name] for part, count in counts.items())
                for name in ("hours in all", THEIRS)
                if all(name in row for row in rows.values())
            }
    return sums


def preparation(folder: Path, count: int) -> dict[str, float]:
    """Return how many JPEG files a second are decoded, resized to 224 and written, for each source."""
    found: dict[str, float] = {}
    for dataset, (size, _) in SOURCES.items():
        path = folder / f"{dataset}.jpg"
        rng = np.random.default_rng(0)
        coarse = Image.fromarray(rng.integers(0, 256, size=(size[0] // 8, size[1] // 8, 3), dtype=np.uint8))
        coarse.resize((size[1], size[0]), Image.Resampling.BILINEAR).save(path, quality=90)

        def load(_row: int, path: Path = path) -> tuple[Pixels, tuple[Mask, ...]]:
            return images.resize_rgb(images.load_rgb(path), 224), ()

        names = tuple(str(row) for row in range(count if dataset == "helen" else 4 * count))
        order = pictures.Order(names=names, load=load, digest=dataset)
        began = time.perf_counter()
        pictures.write(order, FolderContext(root=folder / f"prepared-{dataset}", data=folder))
        found[f"{dataset}, pictures/s"] = len(names) / (time.perf_counter() - began)
    return found


def lockstep(folder: Path, needs: Mapping[str, Path], epochs: int) -> dict[str, float]:
    """Return the seconds of the 18 mini-networks of ELFW's sweep, one after the other and in lockstep."""
    cells = itertools.product((1e-4, 5e-4, 1e-3), (0.9, 0.95), (1e-5, 5e-5, 1e-4))
    params = [
        mininet.Params(lr=lr, momentum=momentum, weight_decay=decay, epochs=epochs)
        for lr, momentum, decay in cells
    ]
    sweep = Sweep("mininet", params, needs)
    began = now()
    alone(sweep, folder / "alone")
    between = now()
    together(sweep, folder / "together", stack=None)
    ended = now()
    return {
        f"one by one, {epochs} epochs, s": between - began,
        f"in lockstep, {epochs} epochs, s": ended - between,
        "ratio": (between - began) / (ended - between),
    }


def face_segmentation(found: Mapping[str, Mapping[str, float]], variant: str) -> dict[str, float]:
    """Return the minutes that source 000 comes to on one GPU, from pictures to the numbers of its tables.

    One training after the other, the starts of programs not counted; nothing where something is not measured.
    """
    try:
        speed = {
            name: found[f"{name}, {variant}"]["samples/s"]
            for name in (
                "segment",
                *(f"{kind} {encoder}" for kind in ("gender", "encode") for encoder in gender.EPOCHS),
            )
        }
        prepared = found["preparation"]
    except KeyError:
        return {}
    minutes = {
        "preparation": sum(count / prepared[f"{name}, pictures/s"] for name, (_, count) in SOURCES.items()),
        "3 gender trainings": sum(
            12_000 / speed[f"encode {encoder}"] + epochs * 10_800 / speed[f"gender {encoder}"]
            for encoder, epochs in gender.EPOCHS.items()
        ),
        "12 encodings": sum(2 * ENCODED / speed[f"encode {encoder}"] for encoder in gender.EPOCHS),
        f"24 segmentations of {segment.EPOCHS} epochs": sum(
            12 * segment.EPOCHS * 0.9 * count / speed["segment"] for count in MASKED.values()
        ),
    }
    return {f"{name}, min": seconds / 60 for name, seconds in minutes.items()} | {
        "in all, min": sum(minutes.values()) / 60
    }
