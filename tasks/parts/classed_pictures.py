"""Pictures with one class each, as the networks of ELFW see them, and those networks as files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

import torch
from safetensors.torch import load_file, save_file

from tasks.data import split
from tasks.data.images import resize_rgb
from tasks.parts import classification, feeding, images, misclassified, seeding
from tasks.parts.context import asking
from tasks.parts.misclassified import Tile
from tasks.parts.prediction import Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.data.images import Pixels
    from tasks.parts.context import Asked, Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.training import Loop

# Mean and deviation of red, green and blue, for pixels from 0 to 1.
Normalisation: TypeAlias = "tuple[Sequence[float], Sequence[float]]"

LABEL = "class"
NETWORK, VIEW, ANSWERS = "network.safetensors", "network.json", "answers.png"
BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a network sees pictures, and which of them are kept from it: stored beside its weights."""

    image_size: int
    mean: Sequence[float]  # of red, green and blue, for pixels from 0 to 1
    std: Sequence[float]
    pictures: str  # digest of the prepared pictures
    test: Sequence[str]  # names of the pictures that neither trained nor chose it


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassedSet:
    """Pictures and classes row by row on the device, and the rows of the parts."""

    pictures: Tensor  # float [N, 3, S, S], normalised
    labels: Tensor  # int64 [N]
    rows: Mapping[str, Tensor]  # train, val, test: rows, int64
    view: View


def split_rows(shown: Pictures, *, share: float, stratify: bool, seed: int) -> dict[str, Tensor]:
    """Split the pictures: `share` of them each for validation and test."""
    classes = dict(zip(shown.names, shown.labels[LABEL].tolist(), strict=True))
    parts = split.three_parts(classes, share=share, stratify=stratify, seed=seed)
    return {part: shown.rows(names) for part, names in parts.items()}


def squeezed(shown: Pictures, image_size: int, context: Context) -> Tensor:
    """Return all pictures as squares, uint8 [N, 3, S, S]; InterruptedError when the context says stop."""
    pixels: list[Pixels] = []
    rows = range(len(shown.names))
    squares = feeding.in_order(rows, lambda row: resize_rgb(shown.picture(row), image_size), feeding.cores())
    for row, square in squares:
        if row % BATCH == 0 and context.should_stop():
            raise InterruptedError(f"stopped after squeezing {row} of {len(shown.names)} pictures")
        pixels.append(square)
    return images.stack(pixels)


def normalisation_of(pixels: Tensor) -> Normalisation:
    """Return mean and deviation of each channel, for pixels from 0 to 1. pixels: uint8 [N, 3, S, S]."""
    spread, mean = torch.std_mean(pixels.float() / 255, dim=(0, 2, 3))
    return mean.tolist(), spread.clamp(min=1 / 255).tolist()


def make_set(
    shown: Pictures,
    context: Context,
    *,
    image_size: int,
    share: float,
    stratify: bool,
    normalisation: Normalisation | None = None,
    pixels: Tensor | None = None,
) -> ClassedSet:
    """Split the pictures, squeeze and normalise them, and put everything on the device.

    Without `normalisation` the mean and deviation are those of the training part. `pixels` are the squeezed
    pictures where somebody has them already.
    """
    rows = split_rows(shown, share=share, stratify=stratify, seed=context.seed)
    if pixels is None:
        pixels = squeezed(shown, image_size, context)
    mean, std = normalisation or normalisation_of(pixels[rows["train"]])
    view = View(
        image_size=image_size,
        mean=mean,
        std=std,
        pictures=shown.digest,
        test=[shown.names[row] for row in rows["test"].tolist()],
    )
    device = seeding.pick_device()
    return ClassedSet(
        pictures=images.scale(pixels, view.mean, view.std).to(device),
        labels=shown.labels[LABEL].to(device),
        rows=rows,
        view=view,
    )


def told(loop: Loop, names: Sequence[str]) -> dict[str, float]:
    """Return metrics of the best epoch, as `final_...` those of the last, and which epochs these are."""
    outcome = loop.state
    return {
        **{name: outcome.best[name] for name in names},
        **{f"final_{name}": outcome.last[name] for name in names},
        "best_epoch": outcome.best_epoch,
        "result_epoch": loop.result_epoch,
        "epochs": outcome.epoch,
    }


def constants(view: View) -> dict[str, float]:
    """Return what pictures are normalised by: `mean_r` to `std_b`, for pixels from 0 to 1."""
    named = {"mean": view.mean, "std": view.std}
    return {
        f"{kind}_{colour}": value
        for kind, values in named.items()
        for colour, value in zip("rgb", values, strict=True)
    }


@torch.no_grad()
def predict(net: nn.Module, pictures: Tensor, rows: Tensor, asked: Asked) -> Tensor:
    """Return the logits of some pictures, float [N, C], on the CPU; InterruptedError to stop."""
    return torch.cat([net(pictures[batch]).cpu() for batch in asking(asked, torch.split(rows, BATCH))])


def score(net: nn.Module, faces: ClassedSet, rows: Tensor, asked: Asked) -> dict[str, float]:
    """Return `loss` and `acc` on some rows; InterruptedError to stop."""
    return classification.score(predict(net, faces.pictures, rows, asked), faces.labels[rows].cpu())


def answered(shown: Pictures, rows: Tensor, logits: Tensor, classes: Sequence[str]) -> list[Tile]:
    """Return pictures with the class that each was taken for, its probability and, if wrong, its own class.

    rows: int64 [N]; logits: float [N, C], in the order of `rows`. Of many some are returned, from all along
    the rows, which are in the order of classes.
    """
    chances, answers = logits.softmax(dim=1).max(dim=1)
    count = min(len(rows), misclassified.SHOWN)
    tiles = []
    for place in (len(rows) * number // count for number in range(count)):
        row = int(rows[place])
        answer, truth = int(answers[place]), int(shown.labels[LABEL][row])
        said = f"{classes[answer]} {float(chances[place]):.2f}"
        wrong = f" ({classes[truth]})" * (answer != truth)
        tiles.append(Tile(shown.picture(row), said + wrong, wrong=answer != truth))
    return tiles


def write(net: nn.Module, view: View, context: Context) -> None:
    """Write `network.safetensors` and `network.json`."""
    state = {name: tensor.cpu().contiguous() for name, tensor in net.state_dict().items()}
    save_file(state, context.artifact(NETWORK))
    context.artifact(VIEW).write_text(json.dumps(asdict(view)))


def read_view(folder: Path) -> View:
    """Return how the network of a finished trial sees pictures."""
    content = json.loads((folder / VIEW).read_text())
    return View(**{field.name: content[field.name] for field in fields(View)})


def load(net: nn.Module, folder: Path) -> nn.Module:
    """Put the weights of a finished trial into the network, and the network into eval mode."""
    net.load_state_dict(load_file(folder / NETWORK))
    return net.eval()


def check_pictures(shown: Pictures, view: View) -> None:
    """Raise ValueError unless these are the pictures that the network's parts were drawn from."""
    if shown.digest != view.pictures:
        raise ValueError(
            "`pictures` and `trained` of this stage go back to different pictures, so that the test part of "
            "one may have trained the other\nhint: let both stages need the same preparation"
        )


def answer(net: nn.Module, view: View, classes: Sequence[str], picture: Pixels) -> Prediction:
    """Return the probability of each class for one picture, uint8 [H, W, 3]."""
    pixels = images.stack([resize_rgb(picture, view.image_size)])
    with torch.no_grad():
        logits = net(images.scale(pixels, view.mean, view.std))
    return Prediction(scores={LABEL: dict(zip(classes, logits.softmax(dim=1)[0].tolist(), strict=True))})
