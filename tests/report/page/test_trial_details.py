from collections import Counter
from dataclasses import replace

from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Failure, Result
from orchestrator.evidence.state import Seen, State
from orchestrator.report.page.trial_details import (
    MOST_CURVES,
    MOST_LETTERS,
    MOST_LINES,
    MOST_POINTS,
    details,
    evenly,
    rounded,
    shown_metrics,
    tail,
    thinned,
    trial_details,
)
from orchestrator.report.table import Cell, Row, Table
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Trial

CLAIM = Claim(worker="1", job="local:h:1:1", host="login", node="node-7", time=10, code="0ld")
FIRST = Attempt(number=1, claim=CLAIM, alive=False, exit=Exit(outcome="interrupted", time=20, seconds=10))
LAST = Attempt(number=2, claim=CLAIM, alive=False)
RESULT = Result(
    metrics={"iou": 0.5}, attempt=2, time=40, seconds=15, code="c0de", provenance={"torch": "2.9"}
)
DONE = Evidence(result=RESULT, attempts=(FIRST, LAST))
FAILURE = Exit(outcome="failed", time=9, seconds=9, failure=Failure(kind="nan_loss", message="nan"))
FAILED = Evidence(attempts=(replace(FIRST, exit=FAILURE),))


def trial(name: str = "a") -> Trial:
    return Trial(
        id=name,
        stage="train",
        task="t",
        version=1,
        params={"lr": 1, "seed": 0},
        seed=0,
        needs={},
        axes={"seed": 0},
    )


def test_a_finished_trial_tells_its_result_and_how_it_came_about() -> None:
    known = trial_details(trial(), State.DONE, DONE, str)

    assert (known.state, known.metrics, known.code, known.params) == ("done", {"iou": 0.5}, "c0de", {"lr": 1})
    assert known.made_with == {"torch": "2.9"}


def test_attempts_tell_how_they_ended_where_and_how_long_they_took() -> None:
    each = trial_details(trial(), State.DONE, DONE, str).attempts

    assert [(one.ended, one.host, one.began, one.seconds) for one in each] == [
        ("interrupted", "node-7", "10.0", 10.0),
        ("done", "node-7", "10.0", 15.0),
    ]


def test_an_attempt_that_is_at_work_is_running() -> None:
    running = Evidence(attempts=(replace(LAST, alive=True),))

    assert trial_details(trial(), State.RUNNING, running, str).attempts[0].ended == "running"


def test_a_failed_trial_tells_why() -> None:
    assert trial_details(trial(), State.FAILED, FAILED, str).why.startswith("nan_loss: nan\n")


def seen(**known: Evidence) -> Seen:
    trials = tuple(map(trial, known))
    states = {name: State.DONE if one.result else State.FAILED for name, one in known.items()}
    plan = Plan(study="s", trials=trials, openings=(), undecided=Counter())
    return Seen(plan=plan, evidence=known, states=states)


CURVE = {0: {"iou": 0.1}, 1: {"iou": 0.2}}


def test_only_unfinished_trials_show_their_log() -> None:
    found = details(
        {"a": ["iou"], "b": ["iou"]}, seen(a=DONE, b=FAILED), lambda _: CURVE, lambda _: "log", str
    )

    assert [one.log for one in found.trials] == ["", "log"]
    assert found.rule == ""


def test_trials_of_other_studies_are_passed_over() -> None:
    assert not details({"x": ["iou"]}, seen(a=DONE), lambda _: CURVE, lambda _: "", str).trials


def test_of_too_many_trials_the_unfinished_are_read_and_the_rest_is_told() -> None:
    both = seen(a=DONE, b=FAILED)
    found = details({"a": ["iou"], "b": ["iou"]}, both, lambda _: CURVE, lambda _: "", str, most=1)

    assert [bool(one.curves) for one in found.trials] == [False, True]
    assert found.rule.startswith("Curves and logs of 1 of 2 trials")


def test_trials_are_found_with_the_metrics_that_tables_show() -> None:
    row = Row(path=("r",), cells=(Cell(metric="iou", trials=("a", "b")), Cell(metric="loss", trials=("a",))))
    table = Table(id="t", title="T", stage="s", columns=(("x",), ("y",)), rows=(row,))

    assert {name: list(metrics) for name, metrics in shown_metrics([table]).items()} == {
        "a": ["iou", "loss"],
        "b": ["iou"],
    }


def test_the_metrics_of_tables_come_first_and_not_all_are_kept() -> None:
    steps = {step: {f"m{place}": 0.0 for place in range(MOST_CURVES + 2)} for step in range(2)}

    assert list(thinned(steps, ["m7"])) == ["m7", *(f"m{place}" for place in range(MOST_CURVES - 1))]


def test_one_point_is_no_curve() -> None:
    assert not thinned({0: {"iou": 1.0}}, ["iou"])


def test_a_long_curve_keeps_its_ends() -> None:
    track = thinned({step: {"iou": step / 1} for step in range(1000)}, [])["iou"]

    assert (len(track), track[0], track[-1]) == (MOST_POINTS, (0, 0.0), (999, 999.0))


def test_a_short_list_is_kept_whole() -> None:
    assert evenly([1, 2, 3], 3) == [1, 2, 3]


def test_numbers_have_five_digits_and_are_finite() -> None:
    assert (rounded(0.123456), rounded(float("nan"))) == (0.12346, None)


def test_a_log_is_cut_to_its_last_lines_and_letters() -> None:
    lines = [f"line {place}" for place in range(50)]

    assert tail("\n".join(lines) + "\n\n").splitlines() == lines[-MOST_LINES:]
    assert len(tail("x" * 5000)) == MOST_LETTERS
