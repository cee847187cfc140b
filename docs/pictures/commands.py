"""Commands as they look in a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docs.pictures.terminal import printed, svg, typed

if TYPE_CHECKING:
    from docs.pictures.workshop import Workshop

_SO_FAR = re.compile(r"\b(\d+)/(\d+) · ")
"""How many trials of a study are done, in the line with its bar."""
_COLORS = re.compile(r"\x1b\[[\d;]*m")
_AT_WORK = re.compile(r"▸ .*\b(epoch|step) [1-9]")
"""The line of a trial that is being trained and has logged something."""


def plan(shop: Workshop) -> str:
    """Return what `plan` prints before anything is trained."""
    words = ("python", "-m", "orchestrator", "plan", shop.many.file, *shop.many.plan)
    return svg(printed(words, shop.typing(shop.many, "new")), "plan")


def table(shop: Workshop) -> str:
    """Return what `table` prints."""
    words = ("python", "-m", "orchestrator", "table", shop.plain.name, *shop.plain.table)
    return svg(printed(words, shop.finished(shop.plain)), "table")


def watch(shop: Workshop) -> str:
    """Return what `submit` shows while a study goes on; it is stopped then."""
    subject, runs = shop.many, shop.typing(shop.many, "going") / "runs"
    words = ("python", "-m", "orchestrator", "submit", subject.file)
    with typed(words, subject.root, runs.parent, {"ORCHESTRATOR_RUNS": str(runs)}) as terminal:
        terminal.wait(lambda: is_under_way(terminal.screen(), subject.under_way))
        screen = terminal.screen()
        terminal.interrupt()
        terminal.wait(terminal.ended)
    return svg(screen, "watch")


def is_under_way(screen: str, share: float) -> bool:
    """Whether a screen shows what a trial logs that is being trained, and this share of all done."""
    text = _COLORS.sub("", screen)
    found = _SO_FAR.search(text)
    return bool(found and _AT_WORK.search(text) and int(found[1]) >= share * int(found[2]))
