"""What `submit` draws on a real terminal of 80 columns and 24 rows."""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios

from tests.toy_fixture import Toy, environment
from tests.waiting import PATIENCE_S

STUDY = """
study: shown
axes: {lr: [0.1, 0.2]}
stages:
  first: {task: toy.train, params: {lr: 0.4}}
  held: {task: toy.train, over: [lr], params: {held: true, steps: 3}, needs: {x: first}}
"""
LATER = "".join(
    f"  later{n}: {{task: toy.train, params: {{lr: 0.{n}1}}, needs: {{x: first}}}}\n" for n in range(1, 30)
)
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A terminal of a program, and everything that was drawn on it."""

    def __init__(self, toy: Toy, *words: str) -> None:
        self._screen, inside = os.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        without = {"COLUMNS", "LINES", "NO_COLOR"}
        shell = {name: value for name, value in environment().items() if name not in without}
        self.program = subprocess.Popen(
            [sys.executable, "-m", "orchestrator", *words],
            cwd=toy.folder,
            env={**shell, "TERM": "xterm"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
        )
        os.close(inside)
        self.drawn = ""

    def read_until(self, pattern: str) -> re.Match[str]:
        """Return where something is drawn; fail when it never is."""
        while not (found := re.search(pattern, self.drawn)):
            assert select.select([self._screen], [], [], PATIENCE_S)[0], self.drawn
            self.drawn += _STEERING.sub("", os.read(self._screen, 65536).decode(errors="replace"))
        return found


def test_a_trial_is_in_sight_while_it_is_trained_whatever_waits(toy: Toy) -> None:
    toy.study(STUDY + LATER)
    terminal = Terminal(toy, "submit", "study.yaml")

    assert terminal.read_until(r"▸ held lr=0\.[12] +step 0 loss=0\.[12]")
    assert terminal.read_until(r"more stages? ")
    toy.let_go()
    assert terminal.read_until(r"31 stages done +32 +32\s+next: python -m orchestrator report shown")
    assert terminal.program.wait() == 0
