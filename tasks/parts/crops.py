"""Which part of each picture is cut out, from boxes that need not fit."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

from tasks.data import boxes, images
from tasks.parts.images import DECODING_THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tasks.data.boxes import Box
    from tasks.parts.context import Context


class Pictured(Protocol):
    """A sample whose picture is a file."""

    @property
    def name(self) -> str:
        """Identify the sample within its dataset."""
        ...

    @property
    def image(self) -> Path:
        """The picture's file."""
        ...


S = TypeVar("S", bound=Pictured)


def fit_boxes(
    samples: Sequence[S], box_of: Callable[[S], Box | None], context: Context
) -> tuple[dict[str, Box], dict[str, float]]:
    """Return the part of each picture that its box covers, and how many boxes were of what use.

    A picture whose box is absent or of no use is in the counts alone: it is taken whole.
    Raises InterruptedError when the context says stop: only headers are read, but 200,000 of them take long.
    """
    crops: dict[str, Box] = {}
    uses: Counter[str] = Counter()
    with ThreadPoolExecutor(DECODING_THREADS) as pool:
        sizes = pool.map(lambda sample: images.size_of(sample.image), samples)
        for sample, (width, height) in zip(samples, sizes, strict=True):
            if context.should_stop():
                pool.shutdown(cancel_futures=True)
                raise InterruptedError(f"stopped after the sizes of {uses.total()} pictures")
            crop, use = boxes.fit(box_of(sample), width, height)
            uses[use] += 1
            if crop is not None:
                crops[sample.name] = crop
    return crops, {f"boxes_{use}": float(uses[use]) for use in boxes.USES}
