"""Whether two copies of a trial came out alike: metrics bit for bit, logged lines, artifacts by digest."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from orchestrator.evidence.evidence import TIMING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Aspect = Literal["state", "metric", "logged", "artifact", "ends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a trial of a copy came to."""

    id: str
    stage: str
    point: str
    """Its axes as one text."""
    state: str
    needs: tuple[str, ...] = ()
    """Ids of the trials it needs."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    logged: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    """Step -> metrics, over all attempts."""
    artifacts: Mapping[str, str] = field(default_factory=dict)
    """File -> digest of its content, timings left out."""
    ends: int = 0
    """How many of its attempts trained to the end."""
    failure: str = ""
    """Why it failed, where it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which a trial differs from that of the undisturbed copy."""

    trial: str
    kind: Aspect
    name: str
    expected: str
    found: str
    inherited: bool = False
    """Whether a trial that it needs differs too."""

    def __str__(self) -> str:
        what = self.name if self.kind in {"state", "ends"} else f"{self.kind} {self.name}"
        return f"{what}: {self.found}, undisturbed {self.expected}"


def differences(expected: Sequence[Outcome], found: Sequence[Outcome]) -> list[Difference]:
    """Return everything in which the trials of a copy differ from those of the undisturbed one."""
    theirs = {outcome.id: outcome for outcome in found}
    mine = {outcome.id for outcome in expected}
    result: list[Difference] = []
    different: set[str] = set()
    for outcome in expected:
        other = theirs.get(outcome.id)
        inherited = bool(different & set(outcome.needs))
        own = _compared(outcome, other, inherited) if other else [_alone(outcome, inherited, missing=True)]
        if own:
            different.add(outcome.id)
        result += own
    for other in found:
        if other.id not in mine:
            result.append(_alone(other, bool(different & set(other.needs)), missing=False))
    return result


def same(one: float, other: float) -> bool:
    """Say whether two numbers are equal bit for bit."""
    return struct.pack("<d", one) == struct.pack("<d", other)


def _alone(outcome: Outcome, inherited: bool, *, missing: bool) -> Difference:
    """Return the difference of a trial that only one of the copies has."""
    expected, found = (outcome.state, "not there") if missing else ("not there", outcome.state)
    return Difference(
        trial=outcome.id, kind="state", name="trial", expected=expected, found=found, inherited=inherited
    )


def _compared(expected: Outcome, found: Outcome, inherited: bool) -> list[Difference]:
    def differs(kind: Aspect, name: str, one: str, other: str) -> Difference:
        return Difference(
            trial=expected.id, kind=kind, name=name, expected=one, found=other, inherited=inherited
        )

    if expected.state != found.state:
        told = f"{found.state} ({found.failure})" if found.failure else found.state
        return [differs("state", "state", expected.state, told)]
    one, other = _lasting(expected.metrics), _lasting(found.metrics)
    result = [
        differs("metric", name, *_numbers(one.get(name), other.get(name)))
        for name in sorted(one.keys() | other.keys())
        if name not in one or name not in other or not same(one[name], other[name])
    ]
    if (steps := _logged(expected, found)) is not None:
        result.append(differs("logged", *steps))
    result += [
        differs("artifact", name, expected.artifacts.get(name, "none"), found.artifacts.get(name, "none"))
        for name in sorted(expected.artifacts.keys() | found.artifacts.keys())
        if expected.artifacts.get(name) != found.artifacts.get(name)
    ]
    if expected.ends != found.ends:
        result.append(differs("ends", "times trained to the end", str(expected.ends), str(found.ends)))
    return result


def _logged(expected: Outcome, found: Outcome) -> tuple[str, str, str] | None:
    """Return the first logged number that differs, else the first line, with both of its texts."""
    for step in sorted(expected.logged.keys() & found.logged.keys()):
        one, other = _lasting(expected.logged[step]), _lasting(found.logged[step])
        for name in one:
            if name in other and not same(one[name], other[name]):
                return f"{name} at step {step}", *_numbers(one[name], other[name])
    for step in sorted(expected.logged.keys() | found.logged.keys()):
        one_line = sorted(_lasting(expected.logged.get(step, {})))
        other_line = sorted(_lasting(found.logged.get(step, {})))
        if one_line != other_line:
            return f"step {step}", ", ".join(one_line) or "nothing", ", ".join(other_line) or "nothing"
    return None


def _lasting(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if not name.startswith(TIMING)}


def _numbers(one: float | None, other: float | None) -> tuple[str, str]:
    """Return two numbers as texts, the second with how far it is from the first."""
    gap = f" (off by {abs(one - other):.2g})" if one is not None and other is not None else ""
    return "none" if one is None else repr(one), "none" if other is None else f"{other!r}{gap}"
