"""Follow a study to its end, here or on a cluster, and let it advance meanwhile."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from orchestrator.engine.advance import advance, has_ended
from orchestrator.engine.drive import living_workers
from orchestrator.engine.observe import Newest, Observer
from orchestrator.messages.errors import SilentError
from orchestrator.messages.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen

_HERE_S, _ELSEWHERE_S, _LONGEST_S = 0.5, 5.0, 300.0
"""Between two looks: on this machine, on a cluster, and where the scheduler does not answer."""
_QUIET_S = 15.0
"""Between two lines that say how far the study is."""


def follow(runs: RunFolder, name: str, timeout_s: float | None) -> Advanced:
    """Let a study advance until it is over or stopped, and its workers on this machine have ended.

    Raises TimeoutError when it is not after so many seconds; it goes on then.
    """
    until = math.inf if timeout_s is None else time.monotonic() + timeout_s
    newest, tell, silent_s = Newest(runs, name), _teller(name), _ELSEWHERE_S
    observer = Observer(runs, newest.submission)
    while True:
        began = time.monotonic()
        if newest.replaced():
            observer = Observer(runs, newest.read_again())
        try:
            advanced = advance(runs, name, observer=observer)
        except SilentError as error:
            tell(f"{error}; looking again")
            pause = silent_s = min(2 * silent_s, _LONGEST_S)
            told = "the scheduler does not answer"
        else:
            told, silent_s = counted(advanced.seen), _ELSEWHERE_S
            if has_ended(runs, advanced.seen) and not living_workers(runs, name):
                return advanced
            tell(told)
            looked = time.monotonic() - began
            pause = max(_HERE_S, 10 * looked) if newest.submission.profile.here else _ELSEWHERE_S
        if (left := until - time.monotonic()) <= 0:
            raise TimeoutError(f"`{name}` is not over after {timeout_s:g} s ({told}); it goes on")
        time.sleep(min(pause, left))


def counted(seen: Seen) -> str:
    """Return how many trials are in each state, as `3 DONE, 1 RUNNING`."""
    return ", ".join(f"{count} {state}" for state, count in sorted(seen.count().items())) or "no trial yet"


def _teller(name: str) -> Callable[[str], None]:
    """Return what says how far a study is, when that has changed and nothing was said a moment ago."""
    said, due = "", -math.inf

    def tell(text: str) -> None:
        nonlocal said, due
        if text != said and time.monotonic() >= due:
            said, due = text, time.monotonic() + _QUIET_S
            say(f"{time.strftime('%H:%M:%S')} {name}: {text}")

    return tell
