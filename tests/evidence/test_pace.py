import pytest

from orchestrator.evidence.pace import Pace
from orchestrator.places.profile import Profile, least_lead
from orchestrator.study.shape import Shape


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
def test_lead(pace: Pace, lead: float) -> None:
    assert pace.lead(20, 600) == lead


def test_the_longer_of_both_counts() -> None:
    assert Pace(save=1, step=4).and_(Pace(save=3, step=2)) == Pace(save=3, step=4)


def test_a_short_job_is_told_to_stop_later_than_a_long_one() -> None:
    profile = Profile(name="p", signal_lead=120)

    assert (least_lead(profile, Shape(time=60)), least_lead(profile, Shape(time="20h"))) == (15, 120)
