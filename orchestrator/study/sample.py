"""A number of random points of a stage's product."""

from __future__ import annotations

import hashlib
import heapq
import itertools
import operator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

from orchestrator.study.trial import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.study.axis_values import Value


MOST_DRAWN_FROM = 1_000_000
"""Points of a stage, before `exclude`: each is looked at."""


class _Sample(BaseModel):
    """How many settings are drawn; another seed draws others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: StrictInt = Field(ge=1)
    """Settings: points that differ in their seed alone count once, and are taken together."""
    seed: StrictInt = Field(default=0, ge=0)
    """Another seed draws other settings."""


def _points(given: object) -> object:
    return given if isinstance(given, dict) else {"points": given}


Sample = Annotated[_Sample, BeforeValidator(_points, json_schema_input_type=int | _Sample)]


def sampled(
    points: Iterable[dict[str, Value]], sample: _Sample, keys: Keys, problems: Problems
) -> list[dict[str, Value]]:
    """Return the points of the drawn settings in their order, with all their seeds; note a lack of settings.

    What is drawn is decided by each setting's own content. So an axis may be reordered, and stages over the
    same axes draw the same; a larger sample holds the smaller one, and few are others where an axis grows.
    """
    drawn: dict[int, list[tuple[int, dict[str, Value]]]] = {}
    highest: list[int] = []
    """The ranks of the settings drawn so far, negative: the first is the one to go next."""
    for place, point in enumerate(points):
        rank = _rank(point, sample.seed)
        if rank not in drawn:
            if len(drawn) < sample.points:
                heapq.heappush(highest, -rank)
            elif rank > -highest[0]:
                continue
            else:
                del drawn[-heapq.heapreplace(highest, -rank)]
        drawn.setdefault(rank, []).append((place, point))
    if len(drawn) < sample.points:
        message = f"{sample.points:,} settings are to be drawn, and the stage has {len(drawn):,}"
        problems.add((*keys, "sample"), message, "leave `sample` out to train all of them")
    return [point for _, point in sorted(itertools.chain(*drawn.values()), key=operator.itemgetter(0))]


def _rank(point: Mapping[str, Value], seed: int) -> int:
    setting = {axis: _alike(value) for axis, value in point.items() if axis != "seed"}
    return int(hashlib.sha256(canonical([seed, setting]).encode()).hexdigest(), 16)


def _alike(value: Any) -> Any:
    """Return the same for `1` and `1.0`, which are one value to a study."""
    if isinstance(value, dict):
        return {key: _alike(part) for key, part in value.items()}
    if isinstance(value, list):
        return list(map(_alike, value))
    return int(value) if isinstance(value, float) and value.is_integer() else value
