"""The states of all trials of a plan, judged at once and as news comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.judge import MOST_ALIKE, Judge, judge
from orchestrator.evidence.state import State
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Gathered, Member, Trial
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
