"""A trial that only imports torch and torchvision."""

from typing import Any

from pydantic import BaseModel

PRELOAD = ("torch", "torchvision")


class Params(BaseModel):
    """Which trial this is."""

    index: int


def run(params: Params, context: Any) -> dict[str, float]:  # noqa: ARG001 - the task contract
    """Import both and return."""
    import torch
    import torchvision

    return {"index": float(params.index), "ready": float(bool(torch.__version__ and torchvision.__version__))}
