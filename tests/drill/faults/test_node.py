import signal
import time

from orchestrator.drill.faults.node import NodeLoss
from orchestrator.drill.legs import LOST, Course
from orchestrator.places.program import is_alive
from tests.drill.faults.conftest import Begin, Copy


def test_everything_on_the_node_is_gone_and_looks_long_gone(copy: Copy, begin: Begin) -> None:
    running = begin()
    copy.under_way.append(running)
    heartbeat = running.folder.attempt(1) / "heartbeat"
    heartbeat.touch()
    fault = NodeLoss(copy, {"1": Course()}, 0, print)
    fault.strike(running)

    assert not is_alive(running.job)
    assert copy.signals == [signal.SIGKILL]
    assert time.time() - heartbeat.stat().st_mtime > 3600
    assert [strike.how for strike in fault.strikes] == [LOST]


def test_nobody_is_struck_while_another_trial_has_had_enough(copy: Copy, begin: Begin) -> None:
    running = begin()
    copy.under_way.append(running)
    fault = NodeLoss(copy, {"1": Course(), "2": Course()}, 0, print)
    due = fault.is_due(running)
    for _ in range(2):
        fault.note(running, LOST)

    assert due
    assert not fault.is_due(running)
