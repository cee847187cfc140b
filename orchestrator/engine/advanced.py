"""What one look at a study came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What was seen, and what was started because of it."""

    seen: Seen
    started: tuple[str, ...] = ()
    live: int = 0
    """Workers queued or active after this."""
    waiting: int = 0
    """Workers for which the queue has no room; they are started when others have ended."""
    hindrance: str = ""
    """Why not everything was done that should have been."""
    elsewhere: bool = False
    """Whether another program is submitting the study at this moment."""
    watched: bool = False
    """Whether the study goes on by itself whatever becomes of its workers, or is over."""
