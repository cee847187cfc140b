from io import StringIO

from rich.console import Console

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.skipped import skipping
from orchestrator.evidence.state import Seen
from orchestrator.study.objective import Best, Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.study import Edge, Study
from orchestrator.verbs.show import notes, status_json, status_table
from tests.tracked_study import face_study, points, stage, submission

FACES = face_study().study


def seen_of(study: Study, *codes: str) -> Seen:
    """Return the study's trials, the first of them done by these versions of the code."""
    plan = expand(study, Known())
    done = {
        trial.id: Evidence(result=Result(metrics={}, attempt=1, time=0, seconds=1, code=code))
        for trial, code in zip(plan.trials, codes, strict=False)
    }
    return judge(plan, done)


def test_scripts_get_counts_by_state() -> None:
    assert status_json(face_study(), seen_of(FACES, "c"))["states"] == {"DONE": 1, "READY": 13, "WAITING": 30}


def test_scripts_get_the_metrics_of_what_is_done() -> None:
    plan = expand(FACES, Known())
    result = Result(metrics={"iou": 0.5, "loss": float("nan")}, attempt=1, time=0, seconds=1, code="c")
    first, second, *_ = status_json(face_study(), judge(plan, {plan.trials[0].id: Evidence(result=result)}))[
        "trials"
    ]

    assert first["metrics"] == {"iou": 0.5, "loss": None}
    assert "metrics" not in second


def test_results_of_different_code_are_noted() -> None:
    assert notes(face_study(), seen_of(FACES, "c1", "c2")) == [
        "results of gender come from different code: c1, c2"
    ]


def test_trials_that_failed_alike_with_megabytes_are_noted_once_and_in_short() -> None:
    plan = expand(FACES, Known())
    failure = Failure(kind="unknown", message="x" * 5_000_000)
    end = Exit(outcome="failed", time=9, seconds=60, failure=failure)
    attempt = Attempt(number=1, claim=None, alive=False, exit=end)
    seen = judge(plan, {trial.id: Evidence(attempts=(attempt,)) for trial in plan.of("gender")})
    (told,) = [line for line in notes(face_study(), seen) if "unknown: " in line]

    assert " and 3 more: " in told
    assert len(told) < 1000


def test_what_is_skipped_is_noted_once() -> None:
    lacking = skipping(FACES, {("gender", 0): ("no faces",)})
    told = notes(submission("faces", *lacking.stages), seen_of(lacking))

    assert told[:2] == [
        "11 of the trials are skipped, or need one that is; missing:",
        "    no faces (for: gender)",
    ]


CORRECT = "correct the name in the study file, or let the task return it and raise its VERSION"
SEARCH = Search(trials=9, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="val_los"))
SEARCHING = Study(
    name="s",
    stages=(
        stage("sweep", points(seed=[0])).model_copy(update={"search": SEARCH}),
        stage("final", points(seed=[0]), (Edge(name="n", stage="sweep", best=Best(minimize="val_los")),)),
    ),
)


def blind() -> Seen:
    """Return a search of which the first trial is done without the metric that it is for."""
    (opening,) = expand(SEARCHING, Known()).openings
    plan = expand(SEARCHING, Known(asked={opening.key: [Asked(number=1, params={"lr": 0.1})]}))
    result = Result(metrics={"val_loss": 1.0, "iou": 0.5}, attempt=1, time=0, seconds=1, code="c")
    return judge(plan, {plan.trials[0].id: Evidence(result=result)})


def test_a_metric_that_no_trial_gives_is_noted() -> None:
    seen = blind()
    first = f"nothing can be the best of sweep: its trial {seen.plan.trials[0].id} has no metric `val_los`"

    assert notes(submission("s", *SEARCHING.stages), seen) == [
        f"{first}; it has `val_loss`, `iou`; did you mean `val_loss`?",
        "    the search asks no more; final never starts",
        f"    next: {CORRECT}; then submit again",
    ]


def test_scripts_are_told_of_it_too() -> None:
    (told,) = status_json(submission("s", *SEARCHING.stages), blind())["no_best"]

    assert (told["stage"], told["metric"], told["given"]) == ("sweep", "val_los", ["val_loss", "iou"])


def test_scripts_are_told_what_each_search_has_used() -> None:
    (told,) = status_json(submission("s", *SEARCHING.stages), blind())["searches"]

    assert (told["stage"], told["wanted"], told["answers"], told["end"]) == ("sweep", 9, 1, None)


def rows_of(study: Study, done: int, width: int | None = None, height: int | None = None) -> list[list[str]]:
    """Return the words of each row of a status, the first trials done."""
    text = StringIO()
    shown = status_table(
        submission("s", *study.stages), seen_of(study, *["c"] * done), width=width, height=height
    )
    Console(file=text, width=width or 200).print(shown)
    return [line.split() for line in text.getvalue().splitlines()[1:]]


ROW = Study(name="s", stages=tuple(stage(f"{'x' * 40}{n}{'y' * 40}", points(seed=[n])) for n in range(9)))


def test_a_status_has_a_row_for_each_stage() -> None:
    assert len(rows_of(ROW, 4)) == len(rows_of(ROW, 4, 80, 24)) == 9


def test_on_a_low_terminal_finished_stages_are_one_row() -> None:
    assert rows_of(ROW, 8, 80, 12)[0] == ["8", "stages", "done", "8", "8", "·"]


def test_names_that_are_cut_for_a_terminal_stay_different() -> None:
    names = [row[0] for row in rows_of(ROW, 0, 80, 24)]

    assert len(set(names)) == 9
    assert max(map(len, names)) < 80
