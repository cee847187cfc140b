"""What may be removed: a table of what is found, and of what says that it is needed."""

from typing import Any

import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.removable import KINDS, Leftover, finished, removable
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Study
from tests.tracked_study import points, stage

DONE = Evidence(result=Result(metrics={}, attempt=1, time=0, seconds=1, code="c"))
OVER = Attempt(
    number=1,
    claim=None,
    alive=False,
    exit=Exit.model_validate({"outcome": "failed", "time": 0, "seconds": 1}),
)
LOST, ALIVE = (Attempt(number=2, claim=None, alive=alive) for alive in (False, True))


def seen(evidence: Evidence, *, keep: tuple[str, ...] = (), name: str = "a") -> tuple[Study, Seen]:
    """Return a study with one trial, the same whatever its stage is called and keeps."""
    only = stage("a", points(seed=[0])).model_copy(update={"name": name, "keep": keep})
    study = Study(name="s", stages=(only,))
    plan = expand(study, Known())
    return study, judge(plan, {plan.trials[0].id: evidence})


TRIAL = seen(DONE)[1].plan.trials[0].id


def found(kind: str, **rest: Any) -> Leftover:
    return Leftover(kind=kind, path=kind, owner="0123" if kind == "code" else TRIAL, **rest)


ALL = [found(kind) for kind in KINDS]


@pytest.mark.parametrize(
    ("evidence", "goes"),
    [
        (DONE, True),
        (Evidence(result=DONE.result, attempts=(OVER,)), True),
        (Evidence(result=DONE.result, attempts=(LOST,)), True),
        (Evidence(result=DONE.result, attempts=(OVER, ALIVE)), False),
        (Evidence(result=DONE.result, attempts=(ALIVE, OVER)), False),
        (Evidence(result=DONE.result, damage="no JSON"), False),
        (Evidence(attempts=(OVER,)), False),
        (Evidence(attempts=(LOST,)), False),
        (Evidence(), False),
    ],
    ids=["done", "failed once", "lost once", "zombie", "old zombie", "damaged", "failed", "lost", "ready"],
)
def test_only_what_is_done_and_left_alone_is_finished(evidence: Evidence, goes: bool) -> None:
    assert (TRIAL in finished([seen(evidence)])) is goes


def test_nothing_is_kept_unless_a_stage_says_so() -> None:
    assert removable(ALL, finished([seen(DONE)]), ()) == ALL


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_what_a_stage_keeps_stays(kind: str) -> None:
    assert removable([found(kind)], finished([seen(DONE, keep=(kind,))]), ()) == []


def test_what_a_stage_of_another_study_keeps_stays() -> None:
    kept = finished([seen(DONE), seen(DONE, keep=("checkpoint",), name="b")])

    assert [one.kind for one in removable(ALL, kept, ())] == ["set-aside", "work", "code"]


def test_a_worker_that_only_another_study_knows_of_counts() -> None:
    busy = Evidence(result=DONE.result, attempts=(ALIVE,))

    assert finished([seen(DONE), seen(busy)]) == {}


def test_named_code_stays() -> None:
    assert removable([found("code")], {}, {"0123"}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_half_gone_goes(kind: str) -> None:
    half = found(kind, gone=True)

    assert removable([half], finished([seen(Evidence(), keep=KINDS[:-1])]), {"0123"}) == [half]
