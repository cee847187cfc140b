"""The line between a verb and the program that keeps MLflow current beside it: the program's end.

It reads `finish` from standard input, or the end of it, and writes a JSON line for each thing to be shown.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
from typing import Any

_LIBC = ctypes.CDLL(None)
_TOLD_AT_DEATH = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_NICE = 5
"""On a busy core a third of what a training gets, while it does something."""


class ReplayLine:
    """What the verb hears of a replay, and what it asks."""

    def __init__(self, verb: int) -> None:
        """Step back behind all other programs, and end with the process `verb`, however that ends."""
        _LIBC.prctl(_TOLD_AT_DEATH, signal.SIGKILL)
        if os.getppid() != verb:  # it has ended already
            os._exit(0)
        os.nice(_NICE)
        self.asked = False
        """Whether the verb waits for the last look."""
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # whatever else is printed here must not get into the line

    def asked_within(self, seconds: float) -> bool:
        """Wait, and say whether the verb waits for the last look now; end where it has gone."""
        if self.asked:
            return True
        if select.select([sys.stdin], [], [], seconds)[0]:
            if not os.read(0, 100):
                os._exit(0)
            self.asked = True
        return self.asked

    def count(self, study: str, done: int, total: int) -> None:
        """Tell how far the writing is, once somebody waits for it: nobody else reads."""
        if self.asked_within(0):
            self._send({"count": [study, done, total]})

    def note(self, text: str) -> None:
        """Tell what a person should know."""
        self._send({"note": text})

    def end(self, lacking: str) -> None:
        """Tell that this was the last look, and why MLflow lacks something; empty where it lacks nothing."""
        self._send({"end": lacking})

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):  # the verb has gone, and so will this program
            print(json.dumps(message), file=self._out, flush=True)
