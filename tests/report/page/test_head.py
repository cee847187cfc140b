from collections import Counter
from typing import Any

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.state import Seen, State
from orchestrator.report.page.head import PageHead, page_head, warnings
from orchestrator.report.table import Note, NoteKind, Table
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Trial

RESULT = Result(metrics={}, attempt=1, time=50, seconds=1, code="c0de")
DONE = Evidence(result=RESULT)
END = Exit(outcome="failed", time=0, seconds=1, failure=Failure(kind="nan_loss", message="it is nan\nat 3"))
FAILED = Evidence(attempts=(Attempt(number=1, claim=None, alive=False, exit=END),))


def trial(name: str) -> Trial:
    return Trial(id=name, stage="train", task="t", version=1, params={}, seed=0, needs={}, axes={})


def head(*found: tuple[Evidence, State], undecided: int = 0, **given: Any) -> PageHead:
    trials = tuple(trial(f"t{place}") for place in range(len(found)))
    seen = Seen(
        plan=Plan(study="s", trials=trials, openings=(), undecided=Counter(train=undecided)),
        evidence={one.id: evidence for one, (evidence, _) in zip(trials, found, strict=True)},
        states={one.id: state for one, (_, state) in zip(trials, found, strict=True)},
    )
    words: dict[str, Any] = {
        "when": str,
        "commit": lambda code: f"commit of {code}",
        "differing": lambda _: ("a.py",),
    }
    return page_head(seen, ["train"], made="now", **{**words, **given})


def test_a_study_of_which_all_is_done_is_finished() -> None:
    found = head((DONE, State.DONE))

    assert found.finished
    assert (found.left, found.newest, found.codes) == ((), "50.0", (("c0de", 1, "commit of c0de"),))


def test_a_study_with_trials_to_come_is_not_finished() -> None:
    found = head((DONE, State.DONE), undecided=2)

    assert not found.finished
    assert found.left[0].told == "1 of 1 done, 2 not decided yet"


def test_trials_that_a_search_ended_early_are_not_left() -> None:
    found = head((DONE, State.DONE), (Evidence(), State.PRUNED))

    assert found.finished
    assert (found.left, found.pruned) == ((), 1)


def test_a_study_without_trials_is_not_finished() -> None:
    assert not head().finished


def test_failures_are_counted_by_their_reason() -> None:
    (left,) = head((DONE, State.DONE), (FAILED, State.FAILED), (FAILED, State.FAILED)).left

    assert left.told == "1 of 3 done, 2 failed"
    assert left.failures == ("nan_loss: it is nan (2)",)


def test_files_are_compared_only_between_several_codes() -> None:
    other = Evidence(result=RESULT.model_copy(update={"code": "0ther"}))

    assert head((DONE, State.DONE)).differing == ()
    assert head((DONE, State.DONE), (other, State.DONE)).differing == ("a.py",)


def test_where_nobody_knows_which_files_differ_none_are_named() -> None:
    other = Evidence(result=RESULT.model_copy(update={"code": "0ther"}))

    assert head((DONE, State.DONE), (other, State.DONE), differing=lambda _: None).differing == ()


def table(name: str, *texts: str, kind: NoteKind = "caution") -> Table:
    notes = tuple(Note(text=text, kind=kind) for text in texts)
    return Table(id=name, title=name.upper(), stage="s", columns=(("c",),), rows=(), notes=notes)


def test_a_caution_of_several_tables_is_told_once() -> None:
    found = warnings(
        [table("a", "Weights: random (in 1 of 2 trials)."), table("b", "Weights: random (in 3 of 3 trials).")]
    )

    assert [(one.text, one.tables) for one in found] == [("Weights: random.", (("a", "A"), ("b", "B")))]


def test_the_caution_of_most_tables_comes_first() -> None:
    found = warnings([table("a", "Few."), table("b", "Many."), table("c", "Many.")])

    assert [one.text for one in found] == ["Many.", "Few."]


def test_how_numbers_came_about_is_no_caution() -> None:
    assert not warnings([table("a", "Mean.", kind="method")])
