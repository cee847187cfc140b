from io import StringIO

import pytest
from rich.console import Console

from orchestrator.evidence.disk_needed import DiskNeeded
from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.skipped import skipping
from orchestrator.evidence.state import Seen
from orchestrator.places.profile import LOCAL
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from orchestrator.verbs.shape_text import shape_text
from orchestrator.verbs.show_plan import (
    crowded_out,
    plan_json,
    plan_rows,
    plan_table,
    plan_totals,
    trial_lines,
    with_disk,
)
from tests.evidence.searched import pruned, search_of, study_of
from tests.evidence.searched import seen_of as searched
from tests.tracked_study import face_study, points, stage

FACES = face_study().study
TWINS = Study(
    name="s",
    stages=(stage("a", points(seed=[0, 1])), stage("a", points(seed=[0])).model_copy(update={"name": "b"})),
)


def seen_of(study: Study, *codes: str) -> Seen:
    """Return the study's trials, the first of them done by these versions of the code."""
    plan = expand(study, Known())
    done = {
        trial.id: Evidence(result=Result(metrics={}, attempt=1, time=0, seconds=1, code=code))
        for trial, code in zip(plan.trials, codes, strict=False)
    }
    return judge(plan, done)


def test_a_row_of_a_plan_says_what_is_left() -> None:
    row = plan_rows(FACES, seen_of(FACES, "c"), LOCAL)[0]

    assert (row["stage"], row["trials"], row["done"], row["to_do"]) == ("gender", 4, 1, 3)


def test_what_is_skipped_is_not_to_be_done() -> None:
    lacking = skipping(FACES, {("gender", 0): ("no faces",)})
    totals = plan_totals(lacking, seen_of(lacking), LOCAL)

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

    assert plan_totals(study, seen_of(study), LOCAL)["gpu_hours"] == 1 + 4 + 8


def test_what_is_done_costs_nothing_any_more() -> None:
    study = shaped(Shape(gpus=1, time=3600), Shape(gpus=2, time=3600))

    assert plan_totals(study, seen_of(study, "c"), LOCAL)["gpu_hours"] == 2


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
    assert plan_totals(TWINS, seen_of(TWINS), LOCAL)["trials"] == 2


def test_a_plan_says_how_many_trials_are_shared() -> None:
    seen = seen_of(TWINS)
    table = plan_table(plan_rows(TWINS, seen, LOCAL), plan_totals(TWINS, seen, LOCAL))

    assert table.caption == "1 trials belong to several stages and count once below the line."


WIDE = Study(
    name="s", stages=(stage("a" * 30, points(seed=[0])).model_copy(update={"task": "paper." + "t" * 40}),)
)


def shown_plan(width: int) -> tuple[list[str], list[str]]:
    """Return the lines of a plan on a terminal, and the columns that are not there."""
    rows, totals = plan_rows(WIDE, seen_of(WIDE), LOCAL), plan_totals(WIDE, seen_of(WIDE), LOCAL)
    without = crowded_out(rows, totals, width)
    text = StringIO()
    Console(file=text, width=width).print(plan_table(rows, totals, without))
    return text.getvalue().splitlines(), list(without)


@pytest.mark.parametrize(
    ("width", "without"),
    [(144, []), (143, ["task"]), (87, ["task", "workers"]), (78, ["task", "workers", "shape"])],
)
def test_a_plan_leaves_out_what_a_terminal_has_no_room_for(width: int, without: list[str]) -> None:
    assert shown_plan(width)[1] == without


@pytest.mark.parametrize("width", [64, 80, 90, 144, 200])
def test_a_plan_shows_the_whole_name_of_a_stage(width: int) -> None:
    lines, _ = shown_plan(width)

    assert "".join(line.split("  ")[0].strip() for line in lines).count("a" * 30) == 1


def test_a_plan_on_a_narrow_terminal_has_a_line_for_each_stage() -> None:
    assert [line.split()[0] for line in shown_plan(78)[0][2:]] == ["a" * 30, "all"]


def disk_column(*sizes: int | None) -> list[object]:
    """Return a plan's last column; its head first."""
    seen, profile = seen_of(TWINS), LOCAL
    needed = DiskNeeded(stages=dict(zip("ab", sizes, strict=True)), total=sum(size or 0 for size in sizes))
    rows, totals = with_disk(plan_rows(TWINS, seen, profile), plan_totals(TWINS, seen, profile), needed)
    column = plan_table(rows, totals).columns[-1]
    return [column.header, *column.cells]


def test_a_plan_says_how_much_disk_it_takes() -> None:
    assert disk_column(1024**3, 1024**2) == ["disk", "1.0 GB", "1.0 MB", "1.0 GB"]


def test_a_plan_says_that_it_takes_more_than_is_known() -> None:
    assert disk_column(1024**3, None) == ["disk", "1.0 GB", "·", "1.0 GB+"]


def test_a_plan_of_tasks_that_say_nothing_has_no_such_column() -> None:
    assert disk_column(None, None)[0] == "GPU-hours at most"


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
    trials: list[dict[str, object]] = plan_json(FACES, seen, [], plan_totals(FACES, seen, LOCAL))["trials"]
    return trials[place]


def test_scripts_get_every_trial_of_a_plan() -> None:
    seen = seen_of(FACES)
    told = plan_json(FACES, seen, [], plan_totals(FACES, seen, LOCAL))

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
