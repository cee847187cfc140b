import pytest

from orchestrator.evidence.durations import Durations, Spent, spent, spent_seconds
from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from tests.tracked_study import points, stage

STUDY = Study(
    name="s",
    stages=(
        stage("a", points(seed=[0, 1, 2, 3])),
        stage("a", points(seed=[9])).model_copy(update={"name": "b"}),
        stage("c", points(seed=[0])),
    ),
)


def finished(seconds: float, **provenance: object) -> Evidence:
    """Return a trial that took so long."""
    made_with = dict(provenance)
    result = Result(metrics={}, attempt=1, time=0, seconds=seconds, code="c", provenance=made_with)
    return Evidence(result=result)


def at_it(began: float, *before: float) -> Evidence:
    """Return a trial that is being trained since then, after attempts that took so long."""
    claim = Claim(worker="w", job="local:node1:41:1", host="node1", time=began, code="c")
    ends = [Exit(outcome="interrupted", time=began, seconds=seconds) for seconds in before]
    ended = [Attempt(number=n, claim=claim, alive=False, exit=end) for n, end in enumerate(ends, 1)]
    return Evidence(attempts=(*ended, Attempt(number=len(ended) + 1, claim=claim, alive=True)))


def seen_of(*evidence: Evidence, study: Study = STUDY) -> Seen:
    """Return the study's trials, the first of them with this evidence."""
    plan = expand(study, Known())
    return judge(plan, dict(zip((trial.id for trial in plan.trials), evidence, strict=False)))


@pytest.mark.parametrize(("took", "usual"), [((4,), 4), ((1, 2, 90), 2), ((1, 3), 2)])
def test_a_trial_usually_takes_the_median(took: tuple[int, ...], usual: float) -> None:
    found = Durations(seen_of(*map(finished, took))).of(STUDY.stage("a"))

    assert found is not None
    assert (found.seconds, len(found.of), found.same_stage) == (usual, len(took), True)


def test_a_stage_without_finished_trials_takes_as_long_as_others_of_its_task() -> None:
    found = Durations(seen_of(finished(7))).of(STUDY.stage("b"))

    assert found is not None
    assert (found.seconds, found.same_stage) == (7, False)


def test_nobody_knows_how_long_another_task_takes() -> None:
    assert Durations(seen_of(finished(7))).of(STUDY.stage("c")) is None


def test_an_attempt_that_is_at_it_counts_up_to_now() -> None:
    assert spent_seconds(at_it(100, 7, 5), 130) == 42


def test_a_clock_that_is_behind_takes_nothing_away() -> None:
    assert spent_seconds(at_it(100, 7), 90) == 7


def test_what_was_spent_is_hours_of_cores_and_gpus() -> None:
    wide = stage("a", points(seed=[0, 1])).model_copy(update={"shape": Shape(cpus=4, gpus=2, nodes=2)})
    study = Study(name="s", stages=(wide,))

    assert spent(study, seen_of(finished(3600), at_it(0), study=study), 1800) == Spent(
        cpu_hours=12, gpu_hours=6
    )


@pytest.mark.parametrize("lockstep", [0, -3, "many", None])
def test_what_somebody_else_wrote_into_a_result_is_no_failure(lockstep: object) -> None:
    study = Study(name="s", stages=(stage("a", points(seed=[0])),))

    assert spent(study, seen_of(finished(7200, lockstep=lockstep), study=study), 0).cpu_hours == 2


def test_trials_that_shared_a_worker_share_what_it_cost() -> None:
    study = Study(name="s", stages=(stage("a", points(seed=[0])),))

    assert spent(study, seen_of(finished(7200, slots=4), study=study), 0).cpu_hours == 0.5
