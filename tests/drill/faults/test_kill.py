from orchestrator.drill.faults.kill import IN_THE_MIDDLE, Kill
from orchestrator.drill.legs import KILLED, Course
from orchestrator.drill.small_copy import Running
from orchestrator.places.program import is_alive
from tests.drill.faults.conftest import Begin, Copy
from tests.waiting import wait

SAVED = "printf whole > state.json"
WRITES = "sleep 0.3; exec 3> state.tmp; printf ha >&3"
WAITS_FOR_THE_DISK = "sleep 0.3; exec 3> state.tmp; printf whole >&3"


def in_wait(copy: Copy, running: Running) -> Kill:
    """Return the fault lying in wait for the next checkpoint of a trial that it has killed once."""
    fault = Kill(copy, {"1": Course()}, 0, print)
    fault.note(running, KILLED)
    fault.strike(running)
    return fault


def test_the_first_kill_comes_at_once(copy: Copy, begin: Begin) -> None:
    running = begin(SAVED)
    fault = Kill(copy, {"1": Course()}, 0, print)
    fault.strike(running)

    assert not is_alive(running.job)
    assert fault.strikes[0].saved_at is not None


def test_the_second_comes_in_the_middle_of_a_checkpoint(copy: Copy, begin: Begin) -> None:
    running = begin(SAVED, WRITES)
    fault = in_wait(copy, running)
    wait(lambda: fault.rest(0.02) or not is_alive(running.job))  # the fault looks while it rests

    assert fault.strikes[-1].how == f"{KILLED} {IN_THE_MIDDLE} state.tmp"


def test_a_file_that_only_waits_for_the_disk_is_let_go(copy: Copy, begin: Begin) -> None:
    fault = in_wait(copy, begin(SAVED, WAITS_FOR_THE_DISK))
    ambush = fault.lying_in_wait["1"]
    wait(lambda: fault.rest(0.02) or ambush.let_go)

    assert ambush.worker.is_alive()


def test_in_the_end_such_a_file_will_do(copy: Copy, begin: Begin) -> None:
    running = begin(SAVED, f"{WAITS_FOR_THE_DISK}; while printf e >&3; do sleep 0.05; done")
    fault = in_wait(copy, running)
    wait(lambda: fault.rest(0.02) or not is_alive(running.job))

    assert fault.strikes[-1].how == f"{KILLED} {IN_THE_MIDDLE} state.tmp"


def test_until_something_is_written_the_trial_lives(copy: Copy, begin: Begin) -> None:
    running = begin(SAVED)
    in_wait(copy, running).rest(0.1)

    assert is_alive(running.job)


def test_a_trial_that_was_too_fast_is_told_of(copy: Copy, begin: Begin) -> None:
    running = begin(SAVED)
    fault = in_wait(copy, running)
    fault.meet(Running(trial="1", folder=running.folder, attempt=2, job=running.job, began=0.0))
    fault.close()

    assert not fault.strikes[-1].counts
    assert "too fast" in fault.notes[-1]
