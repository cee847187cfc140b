from typing import Any

import pytest

from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.skipped import skipping
from orchestrator.evidence.too_few import TooFew, too_few
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study

DONE = Evidence(result=Result(metrics={"loss": 1.0}, attempt=1, time=0, seconds=1, code="c"))
LOST = Evidence(cancelled=True)


def stage(name: str, *points: dict[str, Any], **rest: Any) -> Stage:
    found = tuple(Point(axes=axes, seed=0, params={"stage": name, **axes}) for axes in points)
    return Stage(name=name, task="t", version=1, shape=Shape(), points=found, **rest)


GRID = [{"net": net, "fold": fold} for net in "xy" for fold in (0, 1, 2)]
TWO = Edge(name="folds", stage="train", all=("fold",), require=2)
STUDY = Study(
    name="s", stages=(stage("train", *GRID), stage("mean", {"net": "x"}, {"net": "y"}, needs=(TWO,)))
)


def told(*evidence: Evidence, study: Study = STUDY) -> list[TooFew]:
    plan = expand(study, Known())
    states = {trial.id: one for trial, one in zip(plan.of("train"), evidence, strict=False)}
    return too_few(study, judge(plan, states))


def test_it_is_told_once_too_few_can_have_a_result() -> None:
    ids = [trial.id for trial in expand(STUDY, Known()).of("train")]

    assert told(DONE, LOST, LOST) == [
        TooFew(
            stage="mean",
            need="folds",
            source="train",
            points=({"net": "x"},),
            require=2,
            done=1,
            lost=(ids[1], ids[2]),
        )
    ]


@pytest.mark.parametrize(
    "evidence", [(), (DONE, LOST), (DONE, DONE, LOST)], ids=["none", "one lost", "enough"]
)
def test_nothing_is_told_while_enough_may_have_one(evidence: tuple[Evidence, ...]) -> None:
    assert told(*evidence) == []


def test_what_misses_its_data_may_have_one_later() -> None:
    lacking = skipping(STUDY, {("train", 1): ("no data",), ("train", 2): ("no data",)})

    assert told(DONE, study=lacking) == []


def test_all_points_are_told_together() -> None:
    assert [one.points for one in told(*[LOST] * 6)] == [({"net": "x"}, {"net": "y"})]


def test_who_requires_all_is_blocked_instead() -> None:
    every = TWO.model_copy(update={"require": None})
    whole = Study(name="s", stages=(STUDY.stages[0], stage("mean", {"net": "x"}, needs=(every,))))

    assert told(*[LOST] * 6, study=whole) == []
