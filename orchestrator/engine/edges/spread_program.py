"""A program that a trial runs on several nodes at once: all are told to stop, and ended together."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from orchestrator.engine.edges import node_program
from orchestrator.engine.edges.command_program import Program
from orchestrator.engine.edges.trial_processes import MARK

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence

_GREETING_S = 5.0
_LONGEST = 4096


class SpreadProgram:
    """One program on each node of this job, which live as long as this one keeps its lines to them."""

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        told_by: signal.Signals,
        *,
        starter: Sequence[str],
        variable: str,
    ) -> None:
        """Start it on all nodes by `starter`, which sets `variable` to the node's number.

        OSError where that cannot be run.
        """
        self._word = secrets.token_hex(16)
        self._lines: list[socket.socket] = []
        self._told: signal.Signals | None = None
        self._code = 0
        others = {name: value for name, value in environment.items() if os.environ.get(name) != value}
        self._order = {
            "words": list(words),
            "variables": {name: value for name, value in others.items() if name != MARK},
            "told_by": int(told_by),
            "attempt": os.environ.get(MARK, ""),
        }
        self._server = socket.create_server(("", 0))
        self._server.setblocking(False)
        where = f"{socket.gethostname()} {self.port} {self._word}"
        kept = {name: value for name, value in os.environ.items() if name in environment and name != MARK}
        node = [sys.executable, "-P", "-m", node_program.__name__, variable]
        self._starter = Program([*starter, *node], kept | {node_program.CONTROL: where})

    @property
    def port(self) -> int:
        """Where nodes ask what to run."""
        number: int = self._server.getsockname()[1]
        return number

    def wait(self, seconds: float) -> int | None:
        """Return the first exit code that is not 0, below 0 for a signal, once it has ended everywhere.

        None where it goes on after that time. Where it has failed on one node it is ended on the others,
        unless it was told to stop and may be saving there.
        """
        self._look()
        code = self._starter.wait(seconds)
        if code is None:
            return None
        self._look()
        self._hang_up()
        self._server.close()
        return self._code or code

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal on every node, those too on which it is yet to begin."""
        self._told = number
        for line in self._lines:
            _send(line, f"{int(number)}\n")

    def _look(self) -> None:
        """Greet nodes that have come, and hear how it has ended on the others."""
        with suppress(BlockingIOError):
            while True:
                self._greet(self._server.accept()[0])
        for line in list(self._lines):
            with suppress(BlockingIOError):
                said = _heard(line)
                if not said:
                    self._lines.remove(line)
                    line.close()
                    continue
                self._code = self._code or int(said)
        if self._code and self._told is None:
            self._hang_up()

    def _greet(self, line: socket.socket) -> None:
        """Tell a node what to run; whoever does not know the word is no node of ours."""
        line.settimeout(_GREETING_S)
        word = b""
        with suppress(OSError):
            word = line.makefile("rb", buffering=0).readline(_LONGEST).strip()
        if not hmac.compare_digest(word, self._word.encode()):
            line.close()
            return
        _send(line, json.dumps(self._order) + "\n")
        if self._told is not None:
            _send(line, f"{int(self._told)}\n")
        line.setblocking(False)
        self._lines.append(line)

    def _hang_up(self) -> None:
        """Let every node end what it runs."""
        for line in self._lines:
            line.close()
        self._lines.clear()


def _heard(line: socket.socket) -> bytes:
    """Return what a node says; nothing where it is gone. BlockingIOError while it says nothing."""
    try:
        return line.recv(_LONGEST)
    except ConnectionError:
        return b""


def _send(line: socket.socket, text: str) -> None:
    with suppress(OSError):  # its node is gone
        line.sendall(text.encode())
