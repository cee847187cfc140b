"""What the needs of one point lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.study.trial import needed_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.study.trial import Gathered


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What the needs of one point lead to."""

    needs: Mapping[str, str] = field(default_factory=dict)
    """Name of the need -> id of the trial it is."""
    gathered: Mapping[str, Gathered] = field(default_factory=dict)
    """Name of each need with `all` -> the trials it leads to."""
    inherited: Mapping[str, Any] = field(default_factory=dict)
    """Parameters taken from best trials."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all these trials."""
        return needed_ids(self.needs, self.gathered)
