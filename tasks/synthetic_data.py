"""Draw the synthetic datasets, so that a study can be tried without any download.

A stage that needs this one under the name `data` finds the datasets where the real ones would be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("PIL.Image", "PIL.ImageDraw", "numpy")


class Params(TaskParams):
    """What can be changed."""

    # tiny: for tests; small: a first try in a minute; medium: a thousand pictures or two
    scale: Literal["tiny", "small", "medium"] = "small"


def run(params: Params, context: Context) -> dict[str, float]:
    """Write a folder per dataset into the artifacts; return how many usable samples each has.

    An interrupted drawing goes on with the dataset it had not begun. InterruptedError to stop.
    """
    from tasks.data import synthetic

    out = context.artifact("lfw").parent
    counts: dict[str, int] = {}
    for dataset in synthetic.DATASETS:
        if context.should_stop():
            raise InterruptedError(f"stopped before drawing {dataset}")
        counts |= synthetic.write(out, scale=params.scale, seed=context.seed, only=[dataset])
    return {f"{dataset}_images": float(count) for dataset, count in counts.items()}
