import signal

from orchestrator.drill.faults.scheduler import Scheduler
from orchestrator.drill.legs import Course
from tests.drill.faults.conftest import Begin, Copy


def test_the_driver_is_killed_and_no_worker(copy: Copy, begin: Begin) -> None:
    running = begin()
    copy.under_way.append(running)
    fault = Scheduler(copy, {"1": Course()}, 0, print)
    fault.meet(running)

    assert copy.signals == [signal.SIGKILL]
    assert [strike.how for strike in fault.strikes] == ["the driver was killed"]


def test_while_it_is_away_nothing_else_is_struck(copy: Copy, begin: Begin) -> None:
    running = begin()
    copy.under_way.append(running)
    fault = Scheduler(copy, {"1": Course(), "2": Course()}, 0, print)
    fault.strike(running)
    fault.meet(running)

    assert len(copy.signals) == 1
