import pytest

from orchestrator.evidence.decision import Decision
from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Failure, Loss, Result, Stop
from orchestrator.evidence.judge import judge
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Gathered, Member, Trial
from orchestrator.verbs.story import why
from tests.evidence.searched import pruned as given_up
from tests.evidence.searched import search_of, seen_of
from tests.tracked_study import face_study

STUDY = face_study()
RESULT = Result(metrics={"iou": 0.5}, attempt=1, time=0, seconds=1, code="c")
CLAIM = Claim(worker="w", job="slurm:7", host="gpu01", time=0, code="c")
FAILURE = Failure(kind="unknown", message="no such luck", traceback="Traceback\n  line 3\n")


def trial(name: str, *missing: str, **needs: str) -> Trial:
    return Trial(
        id=name * 16,
        stage="gender",
        task="paper.gender",
        version=2,
        params={},
        seed=1,
        needs=needs,
        axes={"encoder": "vgg16"},
        missing=missing,
    )


FIRST, SECOND = trial("a"), trial("b", weights="a" * 16)


def ended(outcome: str, failure: Failure | None = None) -> Exit:
    return Exit.model_validate({"outcome": outcome, "time": 9, "seconds": 60, "failure": failure})


def attempt(**rest: object) -> Evidence:
    values = {"number": 1, "claim": CLAIM, "alive": False} | rest
    return Evidence(attempts=(Attempt(**values),))  # type: ignore[arg-type]  # as the caller says


def story(
    about: Trial,
    evidence: Evidence | None = None,
    first: Trial = FIRST,
    pruned: Decision | None = None,
) -> list[str]:
    """Return what is told of a trial when this is its evidence."""
    plan = Plan(study="faces", trials=(first, SECOND), openings=(), undecided={})
    seen = judge(plan, {about.id: evidence} if evidence else {})
    return why(STUDY, seen, about, pruned=pruned)


def test_a_story_says_what_the_trial_is() -> None:
    assert story(FIRST)[:2] == [
        "gender aaaaaaaaaaaaaaaa: READY",
        "  paper.gender version 2, encoder=vgg16, seed 1",
    ]


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        (attempt(alive=True), "at it"),
        (attempt(), "lost with its worker"),
        (
            attempt(loss=Loss(kind="node_fail", state="NODE_FAIL", node="gpu01", time=1)),
            "lost: NODE_FAIL gpu01",
        ),
        (attempt(exit=ended("failed", FAILURE)), "failed after 1min, no such luck"),
        (
            attempt(exit=ended("interrupted"), stop=Stop(cause="wall limit", time=1), saved=7),
            "interrupted after 1min (wall limit), saved up to step 7",
        ),
    ],
    ids=["alive", "lost", "lost node", "failed", "interrupted"],
)
def test_an_attempt_is_told_in_a_line(evidence: Evidence, line: str) -> None:
    assert story(FIRST, evidence)[2] == f"  attempt 1 on gpu01 (slurm:7): {line}"


def test_what_a_trial_waits_for_is_told() -> None:
    assert story(SECOND)[2] == "  needs weights: gender aaaaaaaaaaaaaaaa (encoder=vgg16): READY"


def test_a_failure_is_told_with_its_traceback() -> None:
    assert "  line 3" in story(FIRST, attempt(exit=ended("failed", FAILURE)))


def test_a_failure_of_megabytes_is_told_in_short() -> None:
    long = Failure(kind="unknown", message="a" + "x" * 5_000_000 + "z", traceback="Tr\n" + "x" * 5_000_000)
    told = "\n".join(story(FIRST, attempt(exit=ended("failed", long))))

    assert len(told) < 6000
    assert "all of it in `python -m orchestrator logs aaaaaaaa`" in told


def test_what_is_missing_is_told_to_whom_it_holds_up() -> None:
    assert "  - no faces" in story(SECOND, first=trial("a", "no faces"))


def test_what_a_finished_trial_gave_and_took_is_told() -> None:
    first = attempt(exit=ended("interrupted")).attempts[0]
    evidence = Evidence(result=RESULT.model_copy(update={"attempt": 2}), attempts=(first,) * 2)

    assert story(FIRST, evidence)[-3:-1] == ["  took 1min in 2 attempts", "  metrics: iou=0.5"]


def test_how_a_finished_trial_used_its_gpu_is_told() -> None:
    use = {"busy": 12, "memory_mb": 3174, "of_mb": 40960, "own": True}
    evidence = Evidence(result=RESULT.model_copy(update={"provenance": {"gpu_use": use}}))

    assert story(FIRST, evidence)[-2] == (
        "  GPU 12 % busy, 3.1 of 40.0 GB: `slots: 7` in its shape would let 7 such trials share it"
    )


@pytest.mark.parametrize(
    ("evidence", "command"),
    [
        (Evidence(result=RESULT), "python -m orchestrator report faces"),
        (attempt(alive=True), "python -m orchestrator logs aaaaaaaa --follow"),
        (Evidence(cancelled=True), "python -m orchestrator retry faces"),
        (Evidence(), "python -m orchestrator advance faces"),
    ],
    ids=["done", "running", "cancelled", "ready"],
)
def test_a_story_ends_with_what_to_type(evidence: Evidence, command: str) -> None:
    assert story(FIRST, evidence)[-1] == f"next: {command}"


THIRD = trial("c").model_copy(
    update={
        "gathered": {
            "folds": Gathered(
                members=tuple(Member(id=one * 16, axes={"fold": one}) for one in "ab"),
                without=({"fold": "z"},),
            )
        }
    }
)


def test_a_story_says_what_is_gathered() -> None:
    plan = Plan(study="faces", trials=(FIRST, trial("b"), THIRD), openings=(), undecided={})
    seen = judge(plan, {FIRST.id: Evidence(cancelled=True)})

    assert why(STUDY, seen, THIRD)[2:6] == [
        "  needs folds: 2 trials of gender: 1 CANCELLED, 1 READY",
        "      aaaaaaaaaaaaaaaa (fold=a): CANCELLED",
        "      `require: 1` in the study file would do without these",
        "      without fold=z: it has no result",
    ]


def test_what_is_gathered_and_skipped_is_what_is_missing() -> None:
    plan = Plan(study="faces", trials=(trial("a", "no data"), trial("b"), THIRD), openings=(), undecided={})

    assert "  - no data" in why(STUDY, judge(plan, {}), THIRD)


BY_MEDIAN = Decision(
    step=3,
    value=0.75,
    prune=True,
    pruner="median",
    metric="val_loss",
    against={"b" * 16: 9, "c" * 16: 9},
)


def test_a_trial_that_was_ended_early_says_by_what_and_how_to_train_it_to_its_end() -> None:
    seen = seen_of(search_of(), given_up())
    (trial_,) = seen.plan.trials
    told = why(STUDY, seen, trial_, pruned=BY_MEDIAN)

    assert told[-2:] == [
        "  ended early by the pruner `median` at step 3: val_loss=0.75, against 2 other trials",
        (
            f"next: python -m orchestrator retry {trial_.id[:8]} trains it to its end; "
            "its search goes on without it"
        ),
    ]


def test_one_that_was_taken_up_again_says_that_too() -> None:
    done = attempt(exit=ended("pruned"), forgiven=True)

    assert "  ended early by the pruner `median` at step 3: val_loss=0.75, against 2 other trials" in story(
        FIRST, done, pruned=BY_MEDIAN
    )


def test_one_that_went_on_to_its_end_all_the_same_says_why() -> None:
    done = Evidence(
        result=RESULT, attempts=(Attempt(number=1, claim=CLAIM, alive=False, exit=ended("done")),)
    )
    (told,) = [line for line in story(FIRST, done, pruned=BY_MEDIAN) if "pruner" in line]

    assert told.startswith("  to be ended early by the pruner `median` at step 3")
    assert told.endswith("it has not asked `context.should_stop()` since")
