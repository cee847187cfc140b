"""What the trainings gave when `recorded_numbers.json` was written: every number to the last bit.

`python -m tests.tasks.recorded_numbers` writes it anew, for a change that is meant to change numbers.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import PIL
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from tasks.parts import checkpoint
from tests.tasks.attempts import attempted, draw_datasets, one_thread

if TYPE_CHECKING:
    from tests.tasks.attempts import Ended

FILE = Path(__file__).with_suffix(".json")
TRAININGS = (
    "gender",
    "segment",
    "attributes",
    "attributes, convolutions",
    "multitask",
    "mininet",
    "mininet, overfit",
    "transfer",
    "foreground",
    "recognition",
)


def numbers(ended: Ended) -> dict[str, Any]:
    """Return metrics, logged lines, and digests of the written weights and of the last checkpoint."""
    content = checkpoint.load(ended.checkpoint) or {}
    content["state"]["seconds"] = None  # the only thing in it that two equal trials do not share
    return {
        "metrics": ended.metrics,
        "logged": ended.logged,
        "weights": {path.name: digest(load_file(path)) for path in ended.artifacts.glob("*.safetensors")},
        "checkpoint": {"step": content["state"]["step"], **{name: digest(content[name]) for name in content}},
    }


def digest(value: object) -> str:
    """Return a digest of numbers, texts and tensors, however they are nested."""
    found = hashlib.sha256()

    def take(part: object) -> None:
        if isinstance(part, Tensor):
            found.update(f"{part.dtype} {list(part.shape)}".encode())
            found.update(part.detach().cpu().contiguous().numpy().tobytes())
        elif isinstance(part, dict):
            for name in part:
                take(name)
                take(part[name])
        elif isinstance(part, list | tuple):
            found.update(f"{len(part)} of".encode())
            for each in part:
                take(each)
        else:
            found.update(repr(part).encode())

    take(value)
    return found.hexdigest()[:16]


def machine() -> dict[str, str]:
    """Return what the last bits of a training depend on, besides its code.

    Processors with other instructions add up in another order: `arithmetic` tells them apart.
    """
    versions = {"torch": torch.__version__, "numpy": numpy.__version__, "pillow": PIL.__version__}
    with one_thread():
        return {**versions, "arithmetic": arithmetic()}


def arithmetic() -> str:
    """Return a digest of a training step made of what the networks are made of."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator).sub_(0.5).requires_grad_()

    pictures, kernels, spread, plane = draw(6, 3, 32, 32), draw(16, 3, 3, 3), draw(16, 8, 4, 4), draw(512, 10)
    maps = F.relu(F.batch_norm(F.conv2d(pictures, kernels, padding=1), None, None, training=True))
    wide = F.conv_transpose2d(F.max_pool2d(maps, 2), spread, stride=2)
    logits = F.interpolate(wide, (8, 8), mode="bilinear").flatten(1) @ plane
    loss = F.cross_entropy(logits, torch.arange(6)) + logits.sigmoid().std() + logits.exp().double().mean()
    loss.backward()  # type: ignore[no-untyped-call]  # torch does not say its types
    resized = Image.fromarray(numpy.arange(900, dtype=numpy.uint8).reshape(30, 30)).resize((17, 17))
    gradients = [leaf.grad for leaf in (pictures, kernels, spread, plane)]
    return digest([loss, logits, gradients, resized.tobytes()])


def main() -> None:
    """Run all trainings and write down what they give."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        draw_datasets(data)

        @cache
        def ended(name: str) -> Ended:
            return attempted(name, Path(folder) / name, data, ended, stops=())

        trials = {name: numbers(ended(name)) for name in TRAININGS}
    FILE.write_text(json.dumps({"machine": machine(), "trainings": trials}, indent=1) + "\n")


if __name__ == "__main__":
    main()
