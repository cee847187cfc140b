"""What `why` says of a trial whose GPU had nothing to do because data was not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.gpu_use import gpu_use

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from orchestrator.study.shape import Shape

WAITING = "timing_waiting_share"
"""The metric by which a task tells the share of its steps' time in which the next minibatch was not there."""
_MUCH, _BUSY = 0.2, 80
"""Shares below the first, and a GPU that is busier than the second, are nothing to talk of."""


def waiting_line(
    metrics: Mapping[str, float], provenance: Mapping[str, Any], shape: Shape, name: str | None
) -> str:
    """Return how long a trial waited for data, and what to change; empty where its GPU was kept busy."""
    use, share = gpu_use(provenance), metrics.get(WAITING, 0.0)
    if use is None or use.busy is None or use.busy > _BUSY or not _MUCH <= share <= 1:
        return ""
    where = f"the shape `{name}`" if name else "its shape"
    return (
        f"it waited for data in {100 * share:.0f} % of the time of its steps (`{WAITING}`), and the GPU with "
        f"it: more `cpus` in {where}, now {shape.cpus}, would load more at once"
    )
