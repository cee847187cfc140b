from orchestrator.drill.faults.stop import StopSignal
from orchestrator.drill.legs import Course
from orchestrator.places.program import is_alive
from tests.drill.faults.conftest import Begin, Copy
from tests.waiting import wait


def test_the_worker_hears_it_and_the_strike_knows_what_was_saved(copy: Copy, begin: Begin) -> None:
    (copy.trial_folder("1").attempt(1) / "stop.json").touch()
    running = begin("printf whole > state.json")
    fault = StopSignal(copy, {"1": Course()}, 0, print)
    fault.strike(running)

    wait(lambda: not is_alive(running.job))  # a plain program ends of it

    assert (fault.strikes[0].how, fault.strikes[0].saved_at is None) == ("told to stop", False)
