import pytest

from benchmarks.clocked import Timed
from benchmarks.real_size import PARTS, projected
from benchmarks.real_studies import face_segmentation, whole_studies
from tasks import gender


def test_the_hours_of_a_training_follow_from_its_speed() -> None:
    found = projected(PARTS["unet"], 500.0)
    assert (found["min/epoch"], found["hours in all"], found["source's hours"]) == (0.1, 0.5, 15)


def test_the_first_steps_are_not_counted() -> None:
    timed = Timed(warm=2, seconds=3600, most=3)
    assert [timed.tick() for _ in range(5)] == [False, False, False, False, True]
    assert timed.each < 3600


@pytest.mark.parametrize("left_out", ["preparation", "segment, off"])
def test_a_study_of_which_something_is_not_measured_has_no_sum(left_out: str) -> None:
    names = [f"{kind} {encoder}, off" for kind in ("gender", "encode") for encoder in gender.EPOCHS]
    found = {name: {"samples/s": 100.0} for name in (*names, "segment, off")}
    found["preparation"] = {f"{name}, pictures/s": 100.0 for name in ("celeba", "lfw", "helen")}
    assert face_segmentation(found, "off")["in all, min"] > 0
    del found[left_out]
    assert face_segmentation(found, "off") == {}


def test_the_hours_of_a_study_are_those_of_its_trainings() -> None:
    row = {"hours in all": 2.0, "source's hours": 20.0}
    found = {f"{name}, off": row for name in ("unet", "recognition", "transfer")}
    assert whole_studies(found, "off") == {
        "001, background removal": {"hours in all": 4.0, "source's hours": 40.0}
    }
