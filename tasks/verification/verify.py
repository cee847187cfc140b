"""Tell pairs of LFW apart by the distance of their descriptors: the unrestricted protocol (section 4.3.1)."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from tasks.attributes import frozen
from tasks.nets import vgg_face, weights
from tasks.parts import features, pictures, precision, seeding, verification
from tasks.prepare.lfw import PAIRS

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.context import Context
    from tasks.parts.features import Features
    from tasks.parts.verification import Curve
    from tasks.verification import Params


def run(params: Params, context: Context) -> dict[str, float]:
    """Compare the pairs, write `pairs.csv`, `roc.csv` and `roc.png`, and return error rates."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    pairs = read_pairs(context.need("pictures") / PAIRS)
    net, random_weights = make_network(shown, params, context)
    described = describe(net, shown, params, context)

    distances = compare(described, [(pair["one"], pair["other"]) for pair in pairs])
    same = np.array([pair["same"] == "1" for pair in pairs])
    folds = np.array([int(pair["fold"]) for pair in pairs])
    found = verification.curve(distances, same)
    write(pairs, distances, found, context)
    accuracies = verification.fold_accuracies(distances, same, folds)
    return {
        "eer": found.equal_error_rate(),
        "one_less_eer": 1 - found.equal_error_rate(),
        "auc": verification.area(distances, same),
        "accuracy": float(accuracies.mean()),
        "accuracy_standard_error": float(accuracies.std(ddof=1) / len(accuracies) ** 0.5),
        "chance_accuracy": max(same.mean(), 1 - same.mean()),
        "pairs": len(pairs),
        "folds": len(accuracies),
        "images": len(shown.names),
        "random_weights": random_weights,
        **shown.counts,
    }


def read_pairs(path: Path) -> list[dict[str, str]]:
    """Return the pairs that the preparation wrote."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def make_network(shown: pictures.Pictures, params: Params, context: Context) -> tuple[nn.Sequential, float]:
    """Return the network up to the layer whose answer describes a face, on the device.

    Beside it 1.0 if it started from random weights (also before it was retrained), else 0.0.
    """
    net = vgg_face.build(image_size=params.image_size, units=params.fc_units, width=params.width)
    if params.network == "published":
        frozen.start(net, shown, params, seed=context.seed, rows=torch.arange(len(shown.names)))
        random_weights = float(params.weights == weights.NONE)
    else:
        frozen.check_size(shown, params)
        random_weights = load(net, context.need("network") / "attributes.safetensors")
    place = [name for name, _ in net.named_children()].index(params.layer)
    return net[: place + 2].eval().to(seeding.pick_device()), random_weights  # with its ReLU


def load(net: nn.Sequential, path: Path) -> float:
    """Read a retrained network, but for its last layer, and return whether its start was random: 0.0 or 1.0.

    Raises ValueError where it is another network.
    """
    own, given = net.state_dict(), load_file(path)
    wanted = [name for name in own if not name.startswith("fc8.")]
    unfit = [name for name in wanted if name not in given or given[name].shape != own[name].shape]
    if unfit:
        raise ValueError(
            f"the network of the need `network` does not fit: `{unfit[0]}` is missing or of another shape\n"
            "hint: give both stages the same `image_size`, `width` and `fc_units`"
        )
    net.load_state_dict({**own, **{name: given[name] for name in wanted}})
    with safe_open(path, framework="pt") as file:
        return float(file.metadata()["random_weights"])


def describe(net: nn.Sequential, shown: pictures.Pictures, params: Params, context: Context) -> Features:
    """Return the descriptor of each picture, float [N, U]; InterruptedError to stop."""
    order = features.order(
        precision.prepare(net, params),
        shown,
        batch_size=params.batch_size,
        notes={},
        normalise=frozen.normaliser(params),
        preprocessing=frozen.preprocessing(params),
        computed=precision.name(params),
    )
    return features.compute(context.checkpoint / "descriptors.safetensors", order, context)


def compare(described: Features, pairs: list[tuple[str, str]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the Euclidean distance of each pair's descriptors of length 1, float [P]."""
    place = {name: row for row, name in enumerate(described.names)}
    one, other = (torch.tensor([place[pair[side]] for pair in pairs]) for side in (0, 1))
    unit = F.normalize(described.values.double(), dim=1)
    distances: np.ndarray[Any, np.dtype[np.float64]] = (unit[one] - unit[other]).norm(dim=1).numpy()
    return distances


def write(
    pairs: list[dict[str, str]],
    distances: np.ndarray[Any, np.dtype[np.float64]],
    found: Curve,
    context: Context,
) -> None:
    """Write the distance of each pair, both error rates at each threshold, and a drawing of these."""
    with context.artifact("pairs.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*pairs[0], "distance"])
        writer.writerows([*pair.values(), f"{at:.6f}"] for pair, at in zip(pairs, distances, strict=True))
    with context.artifact("roc.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["threshold", "false_accepts", "false_rejects"])
        for row in zip(found.thresholds, found.false_accepts, found.false_rejects, strict=True):
            writer.writerow(f"{value:.6f}" for value in row)
    verification.draw(context.artifact("roc.png"), found)
