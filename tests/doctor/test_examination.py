import pytest

from orchestrator.doctor.examination import (
    Examination,
    Finding,
    about,
    counts,
    note,
    ok,
    proposed,
    unknown,
    wrong,
)
from orchestrator.places.profile import Profile

PROFILE = Profile(name="p", lease=20)
SHORT = about(wrong("heartbeat", "late", should=30), PROFILE, "lease")


def test_what_a_profile_says_is_told_as_people_say_it() -> None:
    assert SHORT.says == "20s"


def test_a_profile_takes_over_what_it_should_say_and_keeps_the_rest() -> None:
    assert proposed(PROFILE, [ok("sacct", ""), SHORT]) == PROFILE.model_copy(update={"lease": 30})


@pytest.mark.parametrize(
    ("finding", "open_", "sound"),
    [
        (ok("a", ""), False, True),
        (note("a", ""), False, True),
        (unknown("a", ""), False, True),
        (unknown("a", ""), True, False),
        (wrong("a", ""), False, False),
    ],
)
def test_what_is_wrong_or_stays_open_is_not_sound(finding: Finding, open_: bool, sound: bool) -> None:
    assert Examination(place="p", findings=(finding,), profile=PROFILE, open=open_).sound is sound


def test_findings_are_counted_by_mark() -> None:
    assert counts([ok("a", ""), ok("b", ""), wrong("c", "")]) == "2 ok, 1 wrong"
