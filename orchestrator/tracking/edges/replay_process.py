"""The line between a verb and the program that keeps MLflow current beside it: the verb's end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import TrackingRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PROGRAM = "orchestrator.tracking.replay_program"
_SILENT_S = 120
"""So long a program that was asked to finish may say nothing: an import takes 20 s on a busy machine."""
_PIECE_BYTES = 65536


class ReplayProcess:
    """A program that keeps a study current in MLflow while its verb does other things, and ends with it."""

    def __init__(self, runs: Path, study: str) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the program
        self._program = subprocess.Popen(
            [sys.executable, "-m", _PROGRAM, str(runs), study, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is the verb's
        )
        self._unread = b""

    def heard(self) -> list[dict[str, Any]]:
        """Return what it has told since the last time, without waiting."""
        return list(self._messages(0))

    def finish(self) -> Iterator[dict[str, Any]]:
        """Ask for the last look, and yield what is told until that is done.

        Raises TrackingRefusedError where the program ends or falls silent before.
        """
        with contextlib.suppress(BrokenPipeError):
            assert self._program.stdin is not None
            self._program.stdin.write(b"finish\n")
            self._program.stdin.flush()
        silent = time.monotonic() + _SILENT_S
        while time.monotonic() < silent:
            for message in self._messages(silent - time.monotonic()):
                silent = time.monotonic() + _SILENT_S
                yield message
                if "end" in message:
                    return
            if self._program.poll() is not None:
                raise TrackingRefusedError(self._last_words())
        raise TrackingRefusedError(f"MLflow was silent for {_SILENT_S} s")

    def kill(self) -> None:
        """End it at once: whatever it was at is made good by the next that writes."""
        self._program.kill()
        self._program.wait()
        for file in (self._program.stdin, self._program.stdout, self._said):
            if file is not None:
                with contextlib.suppress(OSError):
                    file.close()

    def _messages(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield the whole lines that are there, after a wait for the first piece."""
        assert self._program.stdout is not None
        number = self._program.stdout.fileno()
        while select.select([number], [], [], seconds)[0]:
            piece = os.read(number, _PIECE_BYTES)
            *lines, self._unread = (self._unread + piece).split(b"\n")
            yield from map(json.loads, lines)
            if not piece:
                self._program.wait()
                return
            seconds = 0

    def _last_words(self) -> str:
        """Return the last line that the program said before it ended."""
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return f"the program that writes to MLflow has ended: {last or self._program.returncode}"
