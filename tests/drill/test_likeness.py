import math
from dataclasses import replace

from orchestrator.drill.likeness import Outcome, differences

CALM = Outcome(
    id="a",
    stage="train",
    point="lr=0.1",
    state="DONE",
    metrics={"loss": 0.1, "timing_s": 3.0},
    logged={0: {"loss": 0.5}, 1: {"loss": 0.1, "timing_step": 1.0}},
    artifacts={"x.txt": "d1"},
    ends=1,
)
AFTER = replace(CALM, id="b", stage="use", needs=("a",))


def named(found: Outcome) -> list[str]:
    return [str(difference) for difference in differences([CALM], [found])]


def test_equal_trials_do_not_differ() -> None:
    assert named(CALM) == []


def test_one_bit_of_a_metric_is_a_difference() -> None:
    off = replace(CALM, metrics={"loss": math.nextafter(0.1, 1)})

    assert named(off) == ["metric loss: 0.10000000000000002 (off by 1.4e-17), undisturbed 0.1"]


def test_timings_may_differ() -> None:
    timed = replace(CALM, metrics={"loss": 0.1, "timing_s": 4.0}, logged={**CALM.logged, 1: {"loss": 0.1}})

    assert named(timed) == []


def test_nan_equals_nan() -> None:
    nan = replace(CALM, metrics={"loss": math.nan})

    assert differences([nan], [replace(nan, metrics={"loss": float("nan")})]) == []


def test_a_metric_that_is_not_there_is_a_difference() -> None:
    assert named(replace(CALM, metrics={})) == ["metric loss: none, undisturbed 0.1"]


def test_the_first_logged_line_that_differs_is_named() -> None:
    off = replace(CALM, logged={0: {"loss": 0.5}, 1: {"loss": 0.2}, 2: {"loss": 0.3}})

    assert named(off) == ["logged loss at step 1: 0.2 (off by 0.1), undisturbed 0.1"]


def test_a_step_that_was_not_logged_is_named() -> None:
    assert named(replace(CALM, logged={0: {"loss": 0.5}})) == ["logged step 1: nothing, undisturbed loss"]


def test_another_artifact_is_a_difference() -> None:
    assert named(replace(CALM, artifacts={"x.txt": "d2"})) == ["artifact x.txt: d2, undisturbed d1"]


def test_trained_to_the_end_twice_is_a_difference() -> None:
    assert named(replace(CALM, ends=2)) == ["times trained to the end: 2, undisturbed 1"]


def test_a_failure_is_told_with_its_reason_alone() -> None:
    failed = replace(CALM, state="FAILED", failure="disk_full: no space", metrics={}, ends=0)

    assert named(failed) == ["state: FAILED (disk_full: no space), undisturbed DONE"]


def test_a_trial_that_needs_a_different_one_inherits_the_difference() -> None:
    found = [replace(CALM, metrics={"loss": 0.2}), replace(AFTER, metrics={"loss": 0.2})]

    assert [difference.inherited for difference in differences([CALM, AFTER], found)] == [False, True]


def test_a_trial_more_or_less_is_a_difference() -> None:
    assert [one.found for one in differences([CALM], [replace(CALM, id="c")])] == ["not there", "DONE"]
