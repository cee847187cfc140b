"""The states of all trials of a plan, judged at once and as news comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.judge import MOST_ALIKE, Judge, judge
from orchestrator.evidence.state import State
from orchestrator.study.plan import Known, Plan, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from orchestrator.study.trial import Gathered, Member, Trial
from tests.evidence.searched import answers, pruned, search_of, study_of
from tests.evidence.test_state import RESULT, attempt


def trial(name: str, **needs: str) -> Trial:
    return Trial(id=name, stage="s", task="t", version=1, params={}, seed=0, needs=needs, axes={})


def gathering(name: str, gathered: Gathered) -> Trial:
    return trial(name).model_copy(update={"stage": "g", "gathered": {"n": gathered}})


def group(*ids: str) -> Gathered:
    return Gathered(members=tuple(Member(id=one, axes={}) for one in ids))


CHAIN = Plan(study="s", trials=(trial("a"), trial("b", x="a"), trial("c", x="b")), openings=(), undecided={})


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (Evidence(), [State.READY, State.WAITING, State.WAITING]),
        (Evidence(result=RESULT), [State.DONE, State.READY, State.WAITING]),
        (Evidence(attempts=(attempt(outcome="failed"),)), [State.FAILED, State.BLOCKED, State.BLOCKED]),
        (Evidence(cancelled=True), [State.CANCELLED, State.BLOCKED, State.BLOCKED]),
    ],
)
def test_needs_decide_the_rest(first: Evidence, expected: list[State]) -> None:
    assert list(judge(CHAIN, {"a": first}).states.values()) == expected


def test_a_trial_that_misses_something_is_skipped() -> None:
    lacking = trial("a").model_copy(update={"missing": ("no data",)})
    plan = Plan(study="s", trials=(lacking, trial("b", x="a")), openings=(), undecided={})

    assert list(judge(plan, {}).states.values()) == [State.SKIPPED, State.BLOCKED]
    assert judge(plan, {"a": Evidence(result=RESULT)}).states["a"] is State.DONE


def test_a_trial_without_evidence_has_an_empty_one() -> None:
    assert judge(CHAIN, {"a": Evidence(cancelled=True)}).evidence["c"] == Evidence()


FAILED = Evidence(attempts=(attempt(outcome="failed"),))


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({}, State.WAITING),
        ({"a": Evidence(result=RESULT)}, State.WAITING),
        ({"a": Evidence(result=RESULT), "b": Evidence(result=RESULT)}, State.READY),
        ({"a": Evidence(result=RESULT), "b": FAILED}, State.BLOCKED),
        ({"b": Evidence(cancelled=True)}, State.BLOCKED),
    ],
    ids=["none", "one", "all", "one failed", "one cancelled"],
)
def test_what_gathers_others_waits_for_all_of_them(evidence: dict[str, Evidence], expected: State) -> None:
    both = group("a", "b")
    trials = (trial("a"), trial("b"), gathering("c", both), gathering("d", both))
    seen = judge(Plan(study="s", trials=trials, openings=(), undecided={}), evidence)

    assert (seen.states["c"], seen.states["d"]) == (expected, expected)


def test_a_result_stays_though_its_need_failed() -> None:
    evidence = {"a": Evidence(attempts=(attempt(outcome="failed"),)), "b": Evidence(result=RESULT)}

    assert judge(CHAIN, evidence).states["b"] is State.DONE


def failing(*messages: str) -> dict[str, Evidence]:
    """Return evidence of trials `a`, `b`, ... that failed with these messages."""
    return {
        name: Evidence(attempts=(attempt(outcome="failed", message=message),))
        for name, message in zip("abcde", messages, strict=False)
    }


ROW = Plan(study="s", trials=tuple(trial(name) for name in "abcde"), openings=(), undecided={})


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (failing("no `x` in 1", "no `x` in 2", "no `x` in 3"), State.PAUSED),
        (failing("no `x` in 1", "no `x` in 2"), State.READY),
        (failing("no `x`", "no `y`", "no `z`"), State.READY),
        (failing("no `x`", "no `x`", "no `x`") | {"d": Evidence(result=RESULT)}, State.READY),
    ],
    ids=["three alike", "two alike", "all different", "one is done"],
)
def test_failures_alike_pause_their_stage(evidence: dict[str, Evidence], expected: State) -> None:
    assert judge(ROW, evidence).states["e"] is expected


def test_a_paused_stage_blocks_what_needs_it() -> None:
    plan = Plan(
        study="s",
        trials=(*ROW.trials, trial("z", x="e").model_copy(update={"stage": "t"})),
        openings=(),
        undecided={},
    )

    assert judge(plan, failing(*["same"] * MOST_ALIKE)).states["z"] is State.BLOCKED


KINDS = [
    Evidence(),
    Evidence(result=RESULT),
    Evidence(cancelled=True),
    Evidence(attempts=(attempt(alive=True),)),
    Evidence(attempts=(attempt(outcome="interrupted"),)),
    Evidence(attempts=(attempt(outcome="failed", message="no `x`"),)),
    Evidence(damage="torn"),
]
SHARED = group("b", "c", "zd")
NET = Plan(
    study="s",
    trials=(
        *(trial(name) for name in "abcd"),
        *(trial(f"z{name}", x=name, y="a").model_copy(update={"stage": "t"}) for name in "bcd"),
        trial("b").model_copy(update={"stage": "u"}),
        trial("end", x="zb", y="zc").model_copy(update={"stage": "v"}),
        *(gathering(name, SHARED) for name in ("g", "h")),
        gathering("i", group("g", "end")),
    ),
    openings=(),
    undecided={},
)


@given(news=st.lists(st.dictionaries(st.sampled_from(list(NET.by_id)), st.sampled_from(KINDS)), max_size=6))
def test_news_upon_news_is_judged_as_all_of_it_at_once(news: list[dict[str, Evidence]]) -> None:
    judge_, known = Judge(NET), dict.fromkeys(NET.by_id, Evidence())
    judge_.hear(known)
    for some in news:
        known |= some
        judge_.hear(some)

    assert judge_.seen() == judge(NET, known)


def wanted_by(*others: Stage) -> list[State]:
    """Return the states where a search with a pruner has ended its only trial, and other stages are there."""
    sweep = study_of(search_of(trials=1)).stages[0]
    study = Study(name="s", stages=(sweep, *others))
    key = expand(study, Known()).openings[0].key
    plan = expand(study, Known(asked={key: answers(1.0)}))
    return list(judge(plan, {plan.trials[0].id: pruned()}).states.values())


def listing(lr: float) -> Stage:
    """Return a stage without a pruner that lists one value."""
    point = Point(axes={"lr": lr}, seed=0, params={"lr": lr})
    return Stage(name="grid", task="t", version=1, shape=Shape(), points=(point,))


def test_what_only_a_search_wanted_is_pruned() -> None:
    assert wanted_by() == [State.PRUNED]


def test_what_a_stage_without_a_pruner_wants_goes_on() -> None:
    assert wanted_by(listing(1.0)) == [State.INTERRUPTED]


def test_what_another_stage_wants_is_no_other_ones_business() -> None:
    assert wanted_by(listing(2.0)) == [State.PRUNED, State.READY]


def test_what_was_pruned_elsewhere_goes_on_where_nothing_prunes() -> None:
    study = Study(name="s", stages=(listing(1.0),))
    plan = expand(study, Known())

    assert list(judge(plan, {plan.trials[0].id: pruned()}).states.values()) == [State.INTERRUPTED]
