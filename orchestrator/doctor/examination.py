"""What an examination consists of: findings, each with what was found and what the profile should say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import shown
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.places.profile import Profile


_DURATIONS = {"max_time", "signal_lead", "lease", "patience"}


class Mark(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found."""

    check: str
    mark: Mark
    found: str
    key: str | None = None
    """The key of the profile that it concerns."""
    says: str = ""
    """What the profile says there."""
    should: Any = None
    """What the profile should say; None where nothing has to change."""
    hint: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All findings about a place, and the profile that follows from them."""

    place: str
    findings: tuple[Finding, ...]
    profile: Profile
    open: bool = False
    """Whether checks that were asked for could not be made."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong and everything that was asked for was looked at."""
        return not self.open and not any(finding.mark is Mark.WRONG for finding in self.findings)


def ok(check: str, found: str) -> Finding:
    """Return a finding that is as it has to be."""
    return Finding(check=check, mark=Mark.OK, found=found)


def note(check: str, found: str, hint: str = "", should: Any = None) -> Finding:
    """Return a finding that a reader should know of."""
    return Finding(check=check, mark=Mark.NOTE, found=found, hint=hint, should=should)


def wrong(check: str, found: str, hint: str = "", should: Any = None) -> Finding:
    """Return a finding that must be mended."""
    return Finding(check=check, mark=Mark.WRONG, found=found, hint=hint, should=should)


def unknown(check: str, why: str) -> Finding:
    """Return a check that could not be made."""
    return Finding(check=check, mark=Mark.UNKNOWN, found=why)


def about(finding: Finding, profile: Profile, key: str) -> Finding:
    """Return the finding as one about a key of the profile."""
    return replace(finding, key=key, says=said(key, getattr(profile, key)))


def said(key: str, value: Any) -> str:
    """Return a value of a profile as people say it; nothing for None."""
    if value is None:
        return ""
    return format_duration(value) if key in _DURATIONS else shown(value)


def proposed(profile: Profile, findings: Iterable[Finding]) -> Profile:
    """Return the profile with everything that it should say."""
    changes = {one.key: one.should for one in findings if one.key and one.should is not None}
    return profile.model_copy(update=changes)


def counts(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each mark, in words."""
    numbers = [(mark, sum(finding.mark is mark for finding in findings)) for mark in Mark]
    return ", ".join(f"{number} {mark}" for mark, number in numbers if number)
