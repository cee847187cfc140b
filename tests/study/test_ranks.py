from typing import Any

import pytest

from orchestrator.study.study import Study
from tests.study.test_resolve import TPE, resolved, told

TOP = {"minimize": "loss", "top": 3}
SWEEP = {"search": TPE}


def taking(best: dict[str, Any], **stage: Any) -> dict[str, Any]:
    return {"a": SWEEP, "b": {"needs": {"x": {"stage": "a", "best": best}}, **stage}}


def axes_of(study: Study) -> list[dict[str, Any]]:
    return [point.axes for point in study.stage("b").points]


def test_a_stage_that_takes_several_has_a_point_for_each_rank() -> None:
    assert axes_of(resolved(taking(TOP))) == [{"rank": 1}, {"rank": 2}, {"rank": 3}]


def test_ranks_multiply_the_other_axes() -> None:
    study = resolved(taking({**TOP, "top": 2}, over=["seed"]), axes={"seed": [0, 1]})

    assert [tuple(axes.values()) for axes in axes_of(study)] == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_a_rank_can_be_named_by_what_comes_after() -> None:
    last = {"needs": {"x": {"stage": "b", "where": {"rank": 2}}}}

    assert resolved({**taking(TOP), "c": last}).stage("c").points


def test_all_ranks_can_be_gathered() -> None:
    last = {"needs": {"x": {"stage": "b", "all": True}}}

    assert resolved({**taking(TOP), "c": last}).stage("c").needs[0].all == ("rank",)


@pytest.mark.parametrize(
    ("stages", "axes", "message"),
    [
        (
            taking(TOP, over=["rank"]),
            {"rank": [1, 2]},
            "stages.b.needs.x.best.top: `top` gives this stage an axis `rank`, and it is over one already",
        ),
        (
            {
                "a": SWEEP,
                "b": {"needs": {name: {"stage": "a", "best": TOP} for name in ("x", "y")}},
            },
            {},
            "stages.b.needs: `x`, `y` take several of the best each, and a stage has one axis `rank`",
        ),
        (
            {
                "a": SWEEP,
                "b": {
                    "over": ["net"],
                    "needs": {"x": {"stage": "a", "best": TOP, "when": {"net": "big"}}},
                },
            },
            {"net": ["big", "small"]},
            "stages.b.needs.x.best.top: `top` makes a point for each rank, and `when` leaves some without",
        ),
        (
            taking({**TOP, "top": 6}),
            {},
            "stages.b.needs.x.best.top: the best 6 are taken, and point {rank: 1} has 5 to choose from",
        ),
    ],
    ids=["an axis", "twice", "when", "too many"],
)
def test_ranks_that_cannot_be_are_told(stages: dict[str, Any], axes: dict[str, Any], message: str) -> None:
    assert message in told(stages, axes=axes)


def test_answers_are_counted_not_seeds() -> None:
    stages = taking({**TOP, "top": 6})
    stages["a"] = {"search": {**TPE, "seeds": 3}}

    assert any("has 5 to choose from" in one for one in told(stages))
