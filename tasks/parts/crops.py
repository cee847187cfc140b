"""Which part of each picture is cut out, from boxes that need not fit."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tasks.data import boxes, images

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tasks.data.boxes import Box
    from tasks.parts.context import Context


def fit_boxes(
    pictures: Mapping[str, Path], listed: Mapping[str, Box], context: Context
) -> tuple[dict[str, Box], dict[str, float]]:
    """Return the part of each picture that its box covers, and how many boxes were of what use.

    `box_share` is which share of a picture such a part is, in the mean.

    A picture whose box is absent or of no use is in the counts alone: it is taken whole.
    Raises InterruptedError when the context says stop: only headers are read, but 200,000 of them take long.
    """
    crops: dict[str, Box] = {}
    uses: Counter[str] = Counter()
    shares = 0.0
    with ThreadPoolExecutor(images.DECODING_THREADS) as pool:
        sizes = pool.map(images.size_of, pictures.values())
        for name, (width, height) in zip(pictures, sizes, strict=True):
            if context.should_stop():
                pool.shutdown(cancel_futures=True)
                raise InterruptedError(f"stopped after the sizes of {uses.total()} pictures")
            crop, use = boxes.fit(listed.get(name), width, height)
            uses[use] += 1
            if crop is not None:
                crops[name] = crop
                shares += crop.width * crop.height / (width * height)
    counts = {f"boxes_{use}": float(uses[use]) for use in boxes.USES}
    return crops, {**counts, "box_share": shares / max(1, len(crops))}
