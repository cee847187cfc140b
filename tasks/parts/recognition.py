"""What the recognition network sees of a picture, and what it answers."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import torch

from tasks.data.images import grey
from tasks.parts import feeding, losses, metrics
from tasks.parts.context import asking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Pixels
    from tasks.nets.recognition import Recogniser
    from tasks.parts.context import Asked
    from tasks.parts.pictures import Pictures

SHOWN = 5
# Sections 2.4.2.1 and 2.4.2.2 print these places of the vector of the first test picture.
PRINTED = {"first": 0, "second": 1, "third": 2, "third_last": -3, "second_last": -2, "last": -1}


def cut_anywhere(picture: Pixels, side: int, grey_share: float, rng: np.random.Generator) -> Pixels:
    """Cut a square anywhere; this share of them loses its colour."""
    height, width = picture.shape[:2]
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    square = picture[top : top + side, left : left + side]
    return grey(square).repeat(3, axis=2) if rng.random() < grey_share else square


def cut_middle(picture: Pixels, side: int) -> Pixels:
    """Cut a square out of the middle."""
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    return picture[top : top + side, left : left + side]


def stack(squares: list[Pixels]) -> Tensor:
    """Put squares of one side together, uint8 [B, 3, S, S]."""
    return torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2)


@torch.no_grad()
def answer(
    net: Recogniser, faces: Pictures, rows: Tensor, *, side: int, batch_size: int, asked: Asked
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield features and logits of the middle of pictures on the CPU; InterruptedError to stop."""

    def load(batch: Tensor) -> Tensor:
        return stack([cut_middle(faces.picture(row), side) for row in batch.tolist()])

    for _, squares in feeding.ahead(asking(asked, torch.split(rows, batch_size)), load):
        features = net.features(squares)
        yield features.cpu(), net.fc(features).cpu()


def score(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Return loss, and the shares whose person is the likeliest, and among the five likeliest."""
    found = {f"top{k}": float(metrics.in_top_k(logits, labels, k).double().mean()) for k in (1, 5)}
    return {"loss": float(losses.class_cross_entropy(logits, labels)), **found}


def listing(name: str, vector: Tensor) -> dict[str, float]:
    """Return the first and last three numbers of a vector, as far as it has them: `<name>_first`, ..."""
    there = {place: at for place, at in PRINTED.items() if -len(vector) <= at < len(vector)}
    return {f"{name}_{place}": float(vector[at]) for place, at in there.items()}


def write_predictions(
    path: Path, names: list[str], logits: Tensor, labels: Tensor, people: list[str]
) -> None:
    """Write name, person, the place of that person among all by likelihood, and the likeliest five."""
    own = logits.gather(1, labels[:, None])
    places = (logits > own).sum(dim=1) + 1
    likeliest = logits.topk(min(SHOWN, logits.shape[1]), dim=1).indices
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["name", "person", "place", *(f"answer_{at + 1}" for at in range(likeliest.shape[1]))]
        )
        for name, label, place, found in zip(names, labels, places, likeliest, strict=True):
            answers = [people[person] for person in found.tolist()]
            writer.writerow([name, people[int(label)], int(place), *answers])
