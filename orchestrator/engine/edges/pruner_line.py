"""The line from a trial's program to its worker, which says at each step whether the trial ends early.

It is a pair of sockets that keep messages whole. The trial waits for the word; a worker that is gone says no.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """That a trial has logged a step of the metric that is looked at."""

    number: int
    """Names the answer: a late one is not taken for that to the next question."""
    step: int
    value: float


class AskingEnd:
    """The trial's end."""

    def __init__(self, line: socket.socket, metric: str) -> None:
        self._line, self.metric = line, metric
        self._asked, self._turn, self._owner = 0, threading.Lock(), os.getpid()
        self.pruned = False

    def tell(self, step: int, metrics: Mapping[str, float]) -> None:
        """Tell what was logged, if it is what is looked at, and wait for the word; `pruned` has it then."""
        if self.metric in metrics and os.getpid() == self._owner:  # programs that the task forks do not ask
            with self._turn:
                self.pruned = self._ask(step, metrics[self.metric]) or self.pruned

    def _ask(self, step: int, value: float) -> bool:
        self._asked += 1
        try:
            self._line.send(json.dumps([self._asked, step, value]).encode())
            while answer := self._line.recv(_LARGEST_BYTES):
                number, prune = json.loads(answer)
                if number == self._asked:
                    return bool(prune)
        except OSError:
            return False
        return False

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """Hand nothing on to other programs: contexts are pickled for some."""
        return type(None), ()


class AnsweringEnd:
    """The worker's end."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self._line, self._other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.setblocking(False)

    def fileno(self) -> int:
        """Return what to wait on."""
        return self._line.fileno()

    @property
    def other(self) -> int:
        """The descriptor of the trial's end, for a program that is started with it."""
        return self._other.fileno()

    def let_go(self) -> None:
        """Close the trial's end: it belongs to the program that was started."""
        self._other.close()

    def become_asking(self) -> AskingEnd:
        """Return the trial's end in a program that was forked to ask; the worker's closes there."""
        self._line.close()
        return AskingEnd(self._other, self.metric)

    def question(self) -> Question | None:
        """Return what is asked; None where nobody asks, or nobody will any more."""
        try:
            number, step, value = json.loads(self._line.recv(_LARGEST_BYTES))
        except (OSError, ValueError):
            return None
        return Question(number=number, step=step, value=value)

    def answer(self, question: Question, *, prune: bool) -> None:
        """Give the word."""
        try:
            self._line.send(json.dumps([question.number, prune]).encode())
        except OSError:  # it has ended meanwhile
            return

    def close(self) -> None:
        """Take no more questions."""
        self._line.close()
        self._other.close()


def asking_end(descriptor: int, metric: str) -> AskingEnd:
    """Return the trial's end in a program that was started with its descriptor, and starts none with it."""
    line = socket.socket(fileno=descriptor)
    line.set_inheritable(False)
    return AskingEnd(line, metric)
