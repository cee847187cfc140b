import json

import pytest

from orchestrator.doctor.doctor_words import advice, examination_json, examination_table
from orchestrator.doctor.examination import Examination, Finding, about, note, ok, unknown, wrong
from orchestrator.places.profile import LOCAL, Profile

PROFILE = Profile(name="mine", lease=20)
LEASE = about(wrong("heartbeat", "30 s old", "live trials would be taken for lost", 60), PROFILE, "lease")


def examined(*findings: Finding, profile: Profile = PROFILE, open_: bool = False) -> Examination:
    return Examination(place=profile.name, findings=findings, profile=profile, open=open_)


@pytest.mark.parametrize(
    ("examination", "profile", "written", "next_"),
    [
        (examined(ok("x", ""), profile=LOCAL), None, None, "submit STUDY.yaml"),
        (examined(wrong("x", ""), profile=LOCAL), None, None, "mend what is wrong"),
        (examined(ok("x", "")), None, None, "the same with --write slurm/mine.yaml"),
        (examined(ok("x", "")), None, "slurm/a.yaml", "submit STUDY.yaml --cluster slurm/a.yaml"),
        (examined(wrong("x", "")), None, "slurm/a.yaml", "doctor --cluster slurm/a.yaml"),
        (examined(LEASE), "mine", None, "change the profile, or"),
        (examined(note("x", "")), "mine", None, "submit STUDY.yaml --cluster mine"),
        (examined(wrong("x", "")), "mine", None, "mend what is wrong"),
        (examined(unknown("x", ""), open_=True), "mine", None, "--patience 1h"),
    ],
)
def test_the_last_line_says_what_to_type(
    examination: Examination, profile: str | None, written: str | None, next_: str
) -> None:
    assert next_ in advice(examination, profile, written)[-1]


def test_hints_are_told_with_their_mark() -> None:
    assert "wrong heartbeat: live trials would be taken for lost" in advice(examined(LEASE), "mine", None)


def test_a_profile_is_set_beside_what_was_found() -> None:
    table = examination_table(examined(LEASE))
    cells = [str(next(iter(column.cells))) for column in table.columns]

    assert cells == ["wrong", "heartbeat", "30 s old", "lease: 20s", "lease: 1min"]


def test_this_machine_has_no_profile_to_compare() -> None:
    assert len(examination_table(examined(ok("x", ""), profile=LOCAL)).columns) == 3


def test_scripts_are_told_the_same() -> None:
    found = json.loads(json.dumps(examination_json(examined(LEASE))))

    assert (found["sound"], found["findings"][0]["should"]) == (False, 60)
