import pytest

from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.skipped import skipping
from orchestrator.evidence.state import Seen
from orchestrator.places.profile import LOCAL, Limits
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from orchestrator.verbs.shape_text import shape_text
from orchestrator.verbs.show_plan import plan_json, plan_rows, plan_totals, trial_lines
from tests.evidence.searched import pruned, search_of, study_of
from tests.evidence.searched import seen_of as searched
from tests.tracked_study import face_study, points, stage

FACES = face_study().study
TWINS = Study(
    name="s",
    stages=(stage("a", points(seed=[0, 1])), stage("a", points(seed=[0])).model_copy(update={"name": "b"})),
)


def seen_of(study: Study, *codes: str, seconds: float = 1) -> Seen:
    """Return the study's trials, the first of them done by these versions of the code."""
    plan = expand(study, Known())
    done = {
        trial.id: Evidence(result=Result(metrics={}, attempt=1, time=0, seconds=seconds, code=code))
        for trial, code in zip(plan.trials, codes, strict=False)
    }
    return judge(plan, done)


def test_a_row_of_a_plan_says_what_is_left() -> None:
    row = plan_rows(FACES, seen_of(FACES, "c"), LOCAL)[0]

    assert (row["stage"], row["trials"], row["done"], row["to_do"]) == ("gender", 4, 1, 3)


def test_what_is_skipped_is_not_to_be_done() -> None:
    lacking = skipping(FACES, {("gender", 0): ("no faces",)})
    totals = plan_totals(lacking, seen_of(lacking))

    assert (totals["skipped"], totals["to_do"]) == (11, 33)


def test_what_was_pruned_is_not_to_be_done() -> None:
    search = search_of(trials=2)
    row = plan_rows(study_of(search), searched(search, pruned(), Evidence()), LOCAL)[0]

    assert (row["trials"], row["pruned"], row["to_do"]) == (2, 1, 1)


def shaped(*shapes: Shape) -> Study:
    """Return a study of a trial for each shape."""
    made = [
        point.model_copy(update={"shape": shape})
        for point, shape in zip(points(seed=list(range(len(shapes)))), shapes, strict=True)
    ]
    return Study(name="s", stages=(stage("a", tuple(made)),))


def test_what_a_plan_costs_is_that_of_each_trial() -> None:
    study = shaped(Shape(gpus=1, time=3600), Shape(gpus=2, time=7200), Shape(gpus=4, nodes=2, time=3600))

    assert plan_totals(study, seen_of(study))["gpu_hours"] == 1 + 4 + 8


def test_what_is_done_costs_nothing_any_more() -> None:
    study = shaped(Shape(gpus=1, time=3600), Shape(gpus=2, time=3600))

    assert plan_totals(study, seen_of(study, "c"))["gpu_hours"] == 2


def test_what_a_plan_costs_of_cores_is_that_of_each_node() -> None:
    study = shaped(Shape(cpus=4, time=3600), Shape(cpus=2, nodes=3, time=1800))

    assert plan_totals(study, seen_of(study))["cpu_hours"] == 4 + 3


@pytest.mark.parametrize(
    ("shape", "limits", "workers"),
    [
        (Shape(), Limits(workers=40), 9),
        (Shape(), Limits(workers=2, cpus=2), 2),
        (Shape(cpus=4), Limits(workers=8, cpus=8), 2),
        (Shape(cpus=4), Limits(workers=2, cpus=2), 1),
        (Shape(gpus=2), Limits(workers=8, gpus=6), 3),
        (Shape(gpus=1), Limits(workers=8, gpus=0), 0),
        (Shape(workers=3), Limits(workers=8, cpus=8), 3),
        (Shape(slots=4), Limits(workers=8, cpus=8), 3),
    ],
)
def test_a_plan_has_no_more_workers_than_there_is_room_for(
    shape: Shape, limits: Limits, workers: int
) -> None:
    study = shaped(*[shape] * 9)

    assert plan_rows(study, seen_of(study), LOCAL, limits)[0]["workers"] == workers


def test_hours_are_those_of_finished_trials_where_there_are_any() -> None:
    study = shaped(*[Shape(cpus=2, gpus=1, time=7200)] * 5)
    seen = seen_of(study, "c", seconds=3600)

    assert plan_rows(study, seen, LOCAL)[0]["expected"] == {
        "seconds": 3600,
        "finished": 1,
        "same_stage": True,
        "same_study": True,
        "cpu_hours": 8,
        "gpu_hours": 4,
    }


def test_hours_may_be_those_of_another_stage_of_the_same_task() -> None:
    later = stage("a", points(seed=[7])).model_copy(update={"name": "b"})
    study = Study(name="s", stages=(stage("a", points(seed=[0])), later))
    row = plan_rows(study, seen_of(study, "c", seconds=60), LOCAL)[1]

    assert (row["expected"]["seconds"], row["expected"]["same_stage"]) == (60, False)


@pytest.mark.parametrize(("seconds", "legs"), [(60, 1), (3580, 1), (3600, 2), (9000, 3)])
def test_a_trial_that_takes_longer_than_a_worker_takes_several(seconds: int, legs: int) -> None:
    study = shaped(*[Shape(time=3600)] * 2)

    assert plan_rows(study, seen_of(study, "c", seconds=seconds), LOCAL)[0]["legs"] == legs


def test_how_many_workers_a_trial_takes_is_not_known_beforehand() -> None:
    assert plan_rows(FACES, seen_of(FACES), LOCAL)[0]["legs"] is None


def test_a_plan_shows_between_what_its_shapes_vary() -> None:
    study = shaped(Shape(gpus=1, cpus=4), Shape(gpus=4, cpus=4, memory=4096))
    rows = plan_rows(study, seen_of(study), LOCAL)

    assert shape_text(study.stage("a").shapes) == "1 to 4 GPU, 4 CPU, 2 to 4 GB, 1h"
    assert [shape["gpus"] for shape in rows[0]["shapes"]] == [1, 4]


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (Shape(memory=500), "1 CPU, 500 MB, 1h"),
        (Shape(nodes=2, gpus=4, memory=4096), "2 nodes with 4 GPU, 1 CPU, 4 GB, 1h"),
        (Shape(gpus=1, gpu="a100", memory=4096), "1 GPU (a100), 1 CPU, 4 GB, 1h"),
        (Shape(gpus=1, cpus=8, slots=4), "1 GPU, 8 CPU, 4 slots, 2 GB, 1h"),
        (Shape(partition="long", exclusive=True), "1 CPU, 2 GB, 1h, partition long, exclusive"),
    ],
)
def test_a_shape_in_words(shape: Shape, text: str) -> None:
    assert shape_text((shape,)) == text


def test_a_trial_of_two_stages_counts_once() -> None:
    assert plan_totals(TWINS, seen_of(TWINS))["trials"] == 2


SEARCH = Search(trials=9, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))
SWEEP = Study(name="s", stages=(stage("sweep", points(seed=[0])).model_copy(update={"search": SEARCH}),))


def asked() -> Seen:
    """Return a search that was asked once."""
    (opening,) = expand(SWEEP, Known()).openings
    plan = expand(SWEEP, Known(asked={opening.key: [Asked(number=1, params={"lr": 0.123456})]}))
    return judge(plan, {})


def told_of(place: int) -> dict[str, object]:
    """Return what scripts are told of a trial of the faces."""
    seen = seen_of(FACES, "c")
    trials: list[dict[str, object]] = plan_json(FACES, seen, [], plan_totals(FACES, seen))["trials"]
    return trials[place]


def test_scripts_get_every_trial_of_a_plan() -> None:
    seen = seen_of(FACES)
    told = plan_json(FACES, seen, [], plan_totals(FACES, seen))

    assert (told["planned"], len(told["trials"])) == (44, 44)


def test_scripts_get_what_a_planned_trial_is_and_needs() -> None:
    first = seen_of(FACES).plan.trials[0]

    assert told_of(4) == {
        "id": seen_of(FACES).plan.trials[4].id,
        "stage": "segment",
        "axes": {"encoder": "vgg16", "dataset": "lfw", "hair": True, "seed": 0},
        "params": seen_of(FACES).plan.trials[4].params,
        "needs": {"weights": first.id},
        "state": "READY",
    }


def test_a_list_says_what_is_done() -> None:
    first = seen_of(FACES, "c").plan.trials[0]

    assert (
        trial_lines(FACES, seen_of(FACES, "c"), None)[0]
        == f"{first.id[:8]}  DONE     gender   encoder=vgg16 seed=0"
    )


def test_a_list_says_what_a_trial_needs() -> None:
    first, *_ = seen_of(FACES).plan.trials

    assert trial_lines(FACES, seen_of(FACES), None)[4].endswith(
        f"WAITING  segment  encoder=vgg16 dataset=lfw hair=true seed=0  needs weights={first.id[:8]}"
    )


def test_a_list_says_what_a_search_chose() -> None:
    assert trial_lines(SWEEP, asked(), None)[0].endswith("  sweep  seed=0 lr=0.1235")


def test_a_list_goes_on_in_a_further_line_where_the_terminal_is_narrow() -> None:
    lines = trial_lines(FACES, seen_of(FACES), 60)[4].splitlines()

    assert max(map(len, lines)) <= 60
    assert [line.startswith("    ") for line in lines] == [False, True]
