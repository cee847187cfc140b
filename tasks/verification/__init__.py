"""Face verification on LFW with VGG-Face's descriptors (Maricalva, section 4.3.1): its parameters.

So the thesis repeats Parkhi et al.: no training on LFW, the equal error rate of its pairs; in `verify.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.attributes import NetParams
from tasks.nets.published import VGG_FACE
from tasks.parts import disk as size
from tasks.prepare.lfw import PICTURES

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.verification.verify",)


class Params(NetParams):
    """What can be changed; the defaults are VGG-Face as it was published."""

    # `published` starts from `weights`; `retrained` reads the network of the need `network`
    network: Literal["published", "retrained"] = "published"
    # Which fully connected layer's answer describes a face; the last before the classes
    layer: Literal["fc6", "fc7"] = "fc7"
    # Figure 8; fewer only fit a random start
    fc_units: int = Field(default=4096, ge=8)
    # Memory only; the descriptors do not depend on it beyond rounding
    batch_size: int = Field(default=50, ge=1)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is wanted and not there."""
    return VGG_FACE.missing(params.weights) if params.network == "published" else []


def disk(params: Params) -> int:
    """Return the bytes of the descriptors, as they lie in the checkpoint."""
    return size.FLOAT * PICTURES * params.fc_units


def run(params: Params, context: Context) -> dict[str, float]:
    """Compare the pairs, write `pairs.csv`, `roc.csv` and `roc.png`, and return error rates."""
    from tasks.verification import verify

    return verify.run(params, context)
