"""Random pictures in the form that preparations leave, as many as a benchmark of the trainings needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tasks.parts import pictures
from tasks.parts.context import FolderContext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tasks.data.images import Mask, Pixels

# Different pictures; the others are copies of these.
DRAWN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the prepared pictures of a dataset look."""

    size: tuple[int, int, int]  # height, width, channels
    masks: tuple[str, ...] = ()
    labels: Mapping[str, int]  # label -> how many classes it has
    people: int = 0


FORMS = {
    "celeba": Form(size=(224, 224, 3), labels={"Male": 2}),
    "lfw": Form(size=(224, 224, 3), masks=("hair", "no_hair"), labels={}),
    "celebhair": Form(size=(218, 178, 3), masks=("foreground",), labels={}),
    "vggface2": Form(size=(300, 256, 3), labels={"identity": 8631}, people=8631),
    "celeba_wild": Form(
        size=(240, 240, 3), labels={"Male": 2, "Young": 2, "Mustache": 2, "Wearing_Lipstick": 2}
    ),
    "elfw": Form(size=(250, 250, 3), labels={"class": 3}),
    "celeba_grey": Form(size=(50, 50, 1), labels={"Male": 2, "Eyeglasses": 2}),
}


def write(folder: Path, dataset: str, count: int, parts: Mapping[str, int]) -> Path:
    """Write so many pictures; each part has so many rows, the same ones again where they are too few.

    Returns the folder that a training needs.
    """
    form, rng = FORMS[dataset], np.random.default_rng(0)
    drawn: list[Pixels] = [rng.integers(0, 256, size=form.size, dtype=np.uint8) for _ in range(DRAWN)]
    names = tuple(f"picture{row:06d}" for row in range(count))
    middle = np.zeros(form.size[:2], dtype=bool)
    middle[form.size[0] // 4 : -form.size[0] // 4, form.size[1] // 4 : -form.size[1] // 4] = True

    def load(row: int) -> tuple[Pixels, tuple[Mask, ...]]:
        return drawn[row % DRAWN], (middle,) * len(form.masks)

    order = pictures.Order(
        names=names,
        load=load,
        masks=form.masks,
        labels={label: (rng.permutation(count) % classes).tolist() for label, classes in form.labels.items()},
        parts={part: [names[row % count] for row in range(rows)] for part, rows in parts.items()},
        counts={},
        digest=f"drawn {dataset} {count}",
    )
    context = FolderContext(root=folder / f"{dataset}-{count}", data=folder)
    pictures.write(order, context)
    if form.people:
        people = [f"person{number}" for number in range(form.people)]
        context.artifact("people.json").write_text(json.dumps(people))
    return context.artifact("any").parent
