"""Stages that are trained again beside the results they have: as of some code their trials are others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import UserError
from orchestrator.messages.problems import listed
from orchestrator.study.names import stages_called

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What was typed of it: stages, or parts of a composed study."""

    again: Sequence[str] = ()
    """To be trained again."""
    as_before: Sequence[str] = ()
    """Whose first results count again."""


def freshened(
    study: Study, typed: Freshness, before: Mapping[str, str], code: Callable[[], str]
) -> dict[str, str]:
    """Return each stage that is trained again and the code as of which; `before` is what held until now.

    The same typed twice without a change of the code means the same trials: it trains nothing twice.
    Raises UnknownNameError for a name that the study does not have, UserError where a stage is in both.
    """
    names = [stage.name for stage in study.stages]
    again = [stage for name in typed.again for stage in stages_called(name, names)]
    as_before = {stage for name in typed.as_before for stage in stages_called(name, names)}
    if both := [stage for stage in again if stage in as_before]:
        raise UserError(
            f"{listed(both)} cannot be trained again and count as before", hint="give --fresh or --no-fresh"
        )
    fresh = {**before, **dict.fromkeys(again, code() if again else "")}
    return {stage: since for stage, since in fresh.items() if stage not in as_before}


def with_fresh(study: Study, fresh: Mapping[str, str]) -> Study:
    """Return the study whose stages know as of which code they are trained again."""
    stages = [stage.model_copy(update={"fresh": fresh.get(stage.name, "")}) for stage in study.stages]
    return study.model_copy(update={"stages": tuple(stages)})
