import signal
import subprocess
from pathlib import Path

import pytest

from benchmarks.hundred_thousand import CtrlC, hundred_thousand


class Program(subprocess.Popen[bytes]):
    """Writes down what it is sent."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def __del__(self) -> None:
        """Nothing was started."""

    def send_signal(self, sig: int) -> None:
        self.sent.append(sig)


def test_ctrl_c_is_pressed_once_there_are_enough_results() -> None:
    counts, program = iter([1, 2, 3]), Program()
    ctrl_c = CtrlC(lambda: next(counts), enough=2)
    for _ in range(4):
        ctrl_c(program)

    assert program.sent == [signal.SIGINT]


@pytest.mark.slow
def test_a_study_that_is_stopped_on_the_way_ends_cleanly(tmp_path: Path) -> None:
    numbers = hundred_thousand(tmp_path, lambda _: None, trials=2000, results=5)

    assert 5 <= numbers["results by then"] < 2000
