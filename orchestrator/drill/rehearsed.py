"""What came of a fault: which trials it met, how they went on, and what is wrong with that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from orchestrator.drill.legs import Origin, Strike, deaf, lost_seconds, origins
from orchestrator.drill.likeness import Difference  # noqa: TC001 - pydantic looks it up
from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.drill.legs import Leg
    from orchestrator.drill.likeness import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One trial of a copy on which a fault was rehearsed."""

    id: str
    stage: str
    point: str
    attempts: int
    strikes: tuple[Strike, ...]
    origins: tuple[Origin, ...]
    """From where each attempt after a strike went on."""
    lost_seconds: float
    """The longest stretch trained again."""
    differences: tuple[Difference, ...]
    wrong: tuple[str, ...]
    """What else is wrong, in words."""

    @property
    def hit(self) -> bool:
        """Whether the fault met it."""
        return any(strike.counts for strike in self.strikes)

    @property
    def equal(self) -> bool:
        """Whether it came out as in the undisturbed copy, and nothing else is wrong with it."""
        return not self.differences and not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What came of one fault."""

    fault: str
    about: str
    reason: str = ""
    """Why it could not be rehearsed."""
    trials: tuple[Met, ...] = ()
    surplus: tuple[Difference, ...] = ()
    """Trials that only the disturbed copy has."""
    left_behind: tuple[str, ...] = ()
    """Workers or jobs that did not end."""
    notes: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it met any trial."""
        return any(met.hit for met in self.trials)

    @property
    def equal(self) -> bool:
        """Whether nothing is wrong."""
        return not self.surplus and not self.left_behind and all(met.equal for met in self.trials)

    @property
    def origins(self) -> Counter[Origin]:
        """How many attempts went on from where."""
        return Counter(origin for met in self.trials for origin in met.origins)

    @property
    def lost_seconds(self) -> float:
        """The longest stretch that any trial had to train again."""
        return max((met.lost_seconds for met in self.trials), default=0.0)


def as_json(rehearsed: Rehearsed) -> Any:
    """Return what came of a fault as plain values."""
    return TypeAdapter(Rehearsed).dump_python(rehearsed, mode="json")


def from_json(values: Any) -> Rehearsed:
    """Return what came of a fault from its plain values."""
    return TypeAdapter(Rehearsed).validate_python(values)


def judged(
    outcome: Outcome, differences: Sequence[Difference], legs: Sequence[Leg], *, cuts: bool, lead: float
) -> Met:
    """Return what a fault made of one trial; `lead` is how many seconds it has to stop in."""
    after = [origin for leg, origin in zip(legs, origins(legs), strict=False) if leg.strike]
    return Met(
        id=outcome.id,
        stage=outcome.stage,
        point=outcome.point,
        attempts=len(legs),
        strikes=tuple(leg.strike for leg in legs if leg.strike and (leg.cut or not cuts)),
        origins=tuple(after),
        lost_seconds=lost_seconds(legs),
        differences=tuple(differences),
        wrong=tuple(_wrong(outcome, legs, after, cuts=cuts, lead=lead)),
    )


def _wrong(
    outcome: Outcome, legs: Sequence[Leg], after: Sequence[Origin], *, cuts: bool, lead: float
) -> list[str]:
    wrong = [words for leg in legs if (words := deaf(leg, lead))]
    if wrong:
        told = "a command is told once its checkpoint folder is quiet for a second"
        wrong = [f"{wrong[0]}: it must ask context.should_stop() at every step ({told})"]
    if Origin.IGNORED in after:
        wrong.append("began at its first step again although it had saved a checkpoint: it does not read it")
    if not cuts and len(legs) > 1 and outcome.state == State.DONE:
        wrong.append(f"was trained in {len(legs)} attempts although nothing had happened to it")
    return wrong
