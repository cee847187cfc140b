from io import StringIO

import pytest
from rich.console import Console

from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.outlay import Outlay
from orchestrator.evidence.state import Seen
from orchestrator.places.profile import LOCAL
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from orchestrator.verbs.plan_columns import basis_line, plan_table, plan_width
from orchestrator.verbs.show_plan import plan_rows, plan_totals, with_disk, with_told
from orchestrator.verbs.told_hours import told_hours
from tests.tracked_study import points, stage

TWINS = Study(
    name="s",
    stages=(stage("a", points(seed=[0, 1])), stage("a", points(seed=[0])).model_copy(update={"name": "b"})),
)
WIDE = Study(
    name="s", stages=(stage("a" * 30, points(seed=[0])).model_copy(update={"task": "paper." + "t" * 40}),)
)
ALIKE = Study(
    name="s",
    stages=tuple(
        stage("a", points(seed=[n])).model_copy(update={"name": f"{'x' * 40}.{n}.{'y' * 40}"})
        for n in range(12)
    ),
)


def seen_of(study: Study, done: int = 0, seconds: float = 1) -> Seen:
    """Return the study's trials, so many of them done."""
    plan = expand(study, Known())
    result = Result(metrics={}, attempt=1, time=0, seconds=seconds, code="c")
    return judge(plan, {trial.id: Evidence(result=result) for trial in plan.trials[:done]})


def drawn(study: Study, width: int | None = None, done: int = 0) -> tuple[list[str], tuple[str, ...]]:
    """Return the lines of a plan on a terminal, and the columns that are not there."""
    seen = seen_of(study, done)
    table, without = plan_table(plan_rows(study, seen, LOCAL), plan_totals(study, seen), width)
    text = StringIO()
    Console(file=text, width=width or 200).print(table)
    return text.getvalue().splitlines(), without


def test_a_plan_says_how_many_trials_are_shared() -> None:
    assert drawn(TWINS)[0][-1].strip() == "1 trials belong to several stages and count once below the line."


@pytest.mark.parametrize(
    ("width", "without"),
    [
        (130, ()),
        (129, ("task",)),
        (82, ("task",)),
        (81, ("task", "shape")),
        (59, ("task", "shape")),
        (58, ("task", "shape", "workers")),
    ],
)
def test_a_plan_leaves_out_what_a_terminal_has_no_room_for(width: int, without: tuple[str, ...]) -> None:
    assert drawn(WIDE, width)[1] == without


@pytest.mark.parametrize("width", [44, 64, 80, 120, 200])
def test_no_line_is_longer_than_a_terminal_is_wide(width: int) -> None:
    assert max(map(len, drawn(ALIKE, width)[0])) <= width


@pytest.mark.parametrize("width", [44, 64, 80, 120, 200])
def test_no_two_rows_of_a_plan_read_the_same(width: int) -> None:
    lines = drawn(ALIKE, width)[0][1:]

    assert len(set(lines)) == len(lines) == 13


def test_a_plan_on_a_narrow_terminal_has_a_line_for_each_stage() -> None:
    assert [line.split()[0] for line in drawn(WIDE, 78)[0][1:]] == ["a" * 30, "all"]


def test_what_says_nothing_is_no_column() -> None:
    assert drawn(TWINS)[0][0].split() == [
        "stage",
        "task",
        "trials",
        "to",
        "do",
        "workers",
        "shape",
        "CPU-hours",
    ]


def gpu_plan(done: int, seconds: float, says: float | None = None) -> list[list[str]]:
    """Return the hours of a stage with GPUs, and of all; `says` are those of a trial by its task."""
    trials = tuple(
        one.model_copy(update={"shape": Shape(gpus=2, time=7200)}) for one in points(seed=[0, 1, 2])
    )
    study = Study(name="s", stages=(stage("a", trials),))
    seen = seen_of(study, done, seconds)
    hours = {("a", place): says for place in range(3)} if says is not None else {}
    told = told_hours(study, seen, hours, {"a": "one A100"})
    rows = with_told(plan_rows(study, seen, LOCAL), told)
    table, _ = plan_table(rows, plan_totals(study, seen, told=told))
    return [[*column.cells] for column in table.columns[-2:]]


def test_hours_are_at_most_those_of_wall_limits() -> None:
    assert gpu_plan(0, 0) == [["≤ 6", "≤ 6"], ["≤ 12", "≤ 12"]]


def test_hours_are_about_those_of_finished_trials() -> None:
    assert gpu_plan(1, 1800) == [["~ 1", "~ 1"], ["~ 2", "~ 2"]]


def test_hours_that_a_task_says_stand_before_those_of_wall_limits() -> None:
    assert gpu_plan(0, 0, says=0.5) == [["≈ 1.5 ≤ 6", "≈ 1.5 ≤ 6"], ["≈ 3 ≤ 12", "≈ 3 ≤ 12"]]


def test_finished_trials_know_better_than_the_task() -> None:
    assert gpu_plan(1, 1800, says=9) == [["~ 1", "~ 1"], ["~ 2", "~ 2"]]


def test_a_plan_says_on_what_its_tasks_measured() -> None:
    study = Study(name="s", stages=(stage("a", points(seed=[0])),))
    told = told_hours(study, seen_of(study), {("a", 0): 2.0}, {"a": "one A100"})
    rows = with_told(plan_rows(study, seen_of(study), LOCAL), told)

    assert basis_line(rows) == ("hours: ≤ what wall limits allow, ≈ as their tasks say, measured on one A100")


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (0, "hours: ≤ what wall limits allow"),
        (1, "hours: ~ as long as finished trials of their stage"),
        (3, ""),
    ],
)
def test_a_plan_says_what_its_hours_rest_on(done: int, line: str) -> None:
    study = Study(name="s", stages=(stage("a", points(seed=[0, 1, 2])),))

    assert basis_line(plan_rows(study, seen_of(study, done), LOCAL)) == line


def disk_column(*sizes: int | None) -> list[object]:
    """Return a plan's last column; its head first."""
    seen = seen_of(TWINS)
    stages = dict(zip("ab", sizes, strict=True))
    taken = Outlay(stages=stages, once=stages)
    rows, totals = with_disk(plan_rows(TWINS, seen, LOCAL), plan_totals(TWINS, seen), taken)
    column = plan_table(rows, totals)[0].columns[-1]
    return [column.header, *column.cells]


def test_a_plan_says_how_much_disk_it_takes() -> None:
    assert disk_column(1024**3, 1024**2) == ["disk", "1.0 GB", "1.0 MB", "1.0 GB"]


def test_a_plan_says_that_it_takes_more_than_is_known() -> None:
    assert disk_column(1024**3, None) == ["disk", "1.0 GB", "·", "1.0 GB+"]


def test_a_plan_of_tasks_that_say_nothing_has_no_such_column() -> None:
    assert disk_column(None, None)[0] == "CPU-hours"


def test_a_whole_plan_is_as_wide_as_its_lines() -> None:
    rows, totals = plan_rows(WIDE, seen_of(WIDE), LOCAL), plan_totals(WIDE, seen_of(WIDE))

    assert plan_width(rows, totals) == max(map(len, drawn(WIDE)[0]))
