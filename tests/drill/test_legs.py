from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.drill.legs import Course, Leg, Origin, Strike, aims, deaf, lost_seconds, origins

STRIKE = Strike(trial="t", attempt=1, time=10.5, how="killed", saved_at=9.0)
FIRST = Leg(began=0.0, ended=10.5, lines=tuple((step, step + 1.0) for step in range(10)), strike=STRIKE)
SECOND = Leg(began=20.0, ended=30.0, outcome="done", lines=((8, 21.0), (9, 22.0), (10, 23.0)))


def struck(**change: object) -> Leg:
    return replace(FIRST, strike=replace(STRIKE, **change))  # type: ignore[arg-type]  # of mixed types


def from_step(step: int) -> Leg:
    return replace(SECOND, lines=tuple((one, 21.0 + one) for one in range(step, 11)))


@given(st.integers(0, 40), st.integers(1, 5), st.text())
def test_aims_lie_before_the_last_step_in_order(steps: int, count: int, seed: str) -> None:
    course = Course(steps=tuple(range(steps)), times=tuple(map(float, range(steps))), seconds=steps)
    chosen = aims(course, count, seed)
    places = [aim.step for aim in chosen if aim.step is not None]

    assert places == sorted(set(places))
    assert all(0 <= place < steps - 1 for place in places)
    assert len(chosen) == (min(count, steps - 1) if steps > 1 else count)


@given(st.floats(0.1, 1e6), st.integers(1, 5))
def test_a_trial_that_logs_nothing_is_struck_within_its_time(seconds: float, count: int) -> None:
    moments = [aim.seconds for aim in aims(Course(seconds=seconds), count, "s")]

    assert moments == sorted(moments)
    assert 0 < moments[0] <= moments[-1] < seconds


def test_the_same_seed_draws_the_same_moments() -> None:
    course = Course(steps=tuple(range(50)), times=tuple(map(float, range(50))), seconds=50)

    assert aims(course, 3, "0 kill t") == aims(course, 3, "0 kill t")
    assert aims(course, 3, "0 kill t") != aims(course, 3, "1 kill t")


def test_a_later_first_step_comes_from_a_checkpoint() -> None:
    assert origins([FIRST, SECOND]) == [Origin.CHECKPOINT]


def test_the_first_step_again_with_a_checkpoint_is_told() -> None:
    assert origins([FIRST, from_step(0)]) == [Origin.IGNORED]


def test_the_first_step_again_without_a_checkpoint_is_a_start() -> None:
    assert origins([struck(saved_at=None), from_step(0)]) == [Origin.START]


def test_the_first_step_again_after_damage_is_a_start() -> None:
    assert origins([struck(damaged=True), from_step(0)]) == [Origin.START]


def test_a_checkpoint_of_the_first_step_leads_to_the_first_step() -> None:
    assert origins([struck(saved_at=1.5), from_step(0)]) == [Origin.UNKNOWN]


def test_lost_work_is_what_was_trained_again() -> None:
    assert lost_seconds([FIRST, SECOND]) == 10.5 - 8.0  # step 7 was logged at 8


def test_nothing_is_lost_when_it_saved_last() -> None:
    stopped = struck(saved_at=10.5)

    assert lost_seconds([stopped, from_step(10)]) == 0.0


def test_a_start_loses_everything_before_it() -> None:
    again = replace(from_step(8), ended=25.0, outcome=None, strike=replace(STRIKE, attempt=2, saved_at=None))

    assert lost_seconds([FIRST, again, from_step(0)]) == 10.5 + 5.0


def test_one_that_stops_at_the_next_step_obeys() -> None:
    assert deaf(replace(FIRST, told=8.5), lead=1) == ""


def test_one_that_trains_on_is_found() -> None:
    assert "5 more lines" in deaf(replace(FIRST, told=5.5), lead=1)


def test_one_that_ends_in_time_breaks_no_promise() -> None:
    quiet = replace(SECOND, lines=(), told=25.0)

    assert deaf(quiet, lead=10) == ""
    assert "trained on for 5 s" in deaf(quiet, lead=4)
