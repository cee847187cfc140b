import pytest

from orchestrator.places.profile import Profile
from orchestrator.places.wall_limit import End, Pace, WallLimit, least_lead
from orchestrator.study.shape import Shape

LIMIT = WallLimit(end=End(time=10_000, known=True), seconds=600, least_lead=20)


@pytest.mark.parametrize(
    ("pace", "lead"),
    [
        (Pace(), 20),
        (Pace(save=5, step=1), 20),
        (Pace(save=30, step=10), 80),
        (Pace(save=900), 300),
    ],
    ids=["nothing known", "shorter than the least", "twice what a stop took", "never more than half"],
)
def test_a_trial_is_stopped_ahead_of_the_end_by_what_it_needs(pace: Pace, lead: float) -> None:
    assert LIMIT.stop_time(pace) == 10_000 - lead


def test_a_trial_begins_while_half_of_a_short_workers_time_is_left() -> None:
    assert LIMIT.leaves_enough(9_680)


def test_a_trial_does_not_begin_when_less_is_left() -> None:
    assert not LIMIT.leaves_enough(9_681)


def test_ten_minutes_are_enough_for_a_long_worker() -> None:
    long = WallLimit(end=End(time=80_000, known=True), seconds=72_000, least_lead=120)

    assert long.leaves_enough(80_000 - 120 - 600)


def test_the_longer_of_both_counts() -> None:
    assert Pace(save=1, step=4).and_(Pace(save=3, step=2)) == Pace(save=3, step=4)


def test_a_short_job_is_told_to_stop_later_than_a_long_one() -> None:
    profile = Profile(name="p", signal_lead=120)

    assert (least_lead(profile, Shape(time=60)), least_lead(profile, Shape(time="20h"))) == (15, 120)
