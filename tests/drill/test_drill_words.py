from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.drill.drill import Drilled
from orchestrator.drill.drill_words import drill_json, drill_lines, drill_table, verdict
from orchestrator.drill.legs import Origin, Strike
from orchestrator.drill.likeness import Difference
from orchestrator.drill.rehearsed import Met, Rehearsed

STRIKE = Strike(trial="0" * 16, attempt=1, time=1.0, how="killed")
MET = Met(
    id="0" * 16,
    stage="train",
    point="seed=0",
    attempts=2,
    strikes=(STRIKE,),
    origins=(Origin.CHECKPOINT,),
    lost_seconds=1.5,
    differences=(),
    wrong=(),
)
EQUAL = Rehearsed(fault="kill", about="", trials=(MET,))
OTHER = Difference(trial=MET.id, kind="metric", name="loss", expected="1.0", found="2.0")
FAILED = Difference(trial=MET.id, kind="state", name="state", expected="DONE", found="FAILED (unknown: x)")


def drilled(*rehearsed: Rehearsed, **changes: object) -> Drilled:
    return replace(Drilled(study="s", folder=Path("drill/s"), trials=(), rehearsed=rehearsed), **changes)


def differing(*differences: Difference, strike: Strike = STRIKE) -> Rehearsed:
    return replace(EQUAL, trials=(replace(MET, differences=differences, strikes=(strike,)),))


def test_an_equal_drill_says_what_to_type_next() -> None:
    assert verdict(drilled(EQUAL), "submit it") == [
        "EQUAL: after kill every one of 0 trials came out bit for bit as undisturbed",
        "next: submit it",
    ]


def test_a_fault_that_hit_nothing_proves_nothing() -> None:
    missed = replace(EQUAL, trials=(replace(MET, strikes=()),))

    assert verdict(drilled(missed), "")[0].startswith("NOTHING WAS REHEARSED")


def test_a_fault_that_hit_nothing_is_named_beside_those_that_did() -> None:
    vain = replace(STRIKE, counts=False)
    missed = replace(EQUAL, fault="corrupt", trials=(replace(MET, strikes=(vain,)),))

    assert verdict(drilled(EQUAL, missed), "")[0].endswith("; not rehearsed: corrupt")


def test_a_difference_is_not_equal() -> None:
    assert verdict(drilled(differing(OTHER)), "")[0].startswith("NOT EQUAL: kill")


@pytest.mark.parametrize(
    ("rehearsed", "words"),
    [
        (differing(OTHER), "usually random state"),
        (differing(FAILED), "cut off in the middle"),
        (differing(FAILED, strike=replace(STRIKE, how="told to stop", damaged=True)), "needs a digest"),
        (differing(replace(OTHER, kind="artifact")), "usually a time, a path"),
        (differing(replace(OTHER, kind="ends")), "trained twice"),
        (differing(replace(OTHER, kind="logged", name="step 3")), "logs other steps"),
    ],
    ids=["random", "torn", "damaged", "files", "twice", "steps"],
)
def test_what_differs_has_a_usual_reason(rehearsed: Rehearsed, words: str) -> None:
    assert words in "\n".join(drill_lines(drilled(rehearsed)))


def test_a_task_that_differs_undisturbed_too_does_not_blame_the_fault() -> None:
    lines = "\n".join(drill_lines(drilled(differing(OTHER), unsteady=frozenset({MET.id}))))

    assert "two undisturbed copies differ as well" in lines


def test_a_difference_that_was_inherited_is_told_in_a_line() -> None:
    lines = list(drill_lines(drilled(differing(replace(OTHER, inherited=True)))))

    assert lines[0].endswith("differs because a trial it needs does")


def test_a_stage_that_no_fault_met_is_told_once() -> None:
    missed = replace(EQUAL, trials=(replace(MET, strikes=()),))
    lines = list(drill_lines(drilled(missed, replace(missed, fault="node"))))

    told = [line for line in lines if "not rehearsed on train" in line]

    assert [line.partition(":")[0] for line in told] == ["kill, node"]


@pytest.mark.parametrize(
    ("rehearsed", "last"),
    [
        (EQUAL, "yes"),
        (differing(OTHER), "NO"),
        (replace(EQUAL, trials=(), reason="no disk"), "not rehearsed here"),
    ],
)
def test_the_table_ends_with_the_judgement(rehearsed: Rehearsed, last: str) -> None:
    table = drill_table(drilled(rehearsed))

    assert list(table.columns[-1].cells) == [last]


def test_scripts_are_told_the_same() -> None:
    found = drill_json(drilled(differing(OTHER)))

    assert (found["equal"], found["faults"][0]["trials"][0]["differences"]) == (
        False,
        ["metric loss: 2.0, undisturbed 1.0"],
    )
