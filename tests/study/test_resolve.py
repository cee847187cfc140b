from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.objective import Best
from orchestrator.study.parameters import TaskDescription
from orchestrator.study.plan import Known, expand
from orchestrator.study.resolve import doubts, resolve
from orchestrator.study.searches.search import Range
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Study
from orchestrator.study.study_file import StudyFile
from tests import odd_tasks

TASKS: dict[str, TaskDescription] = {
    **{name: find_task(f"tests.toy_tasks.{name}") for name in ("train", "score")},
    **{name: find_task(f"tests.odd_tasks.{name}") for name in odd_tasks.NAMES},
}
LOSS = Best(minimize="loss")
GRID = {"sampler": "grid", "space": {"lr": [0.1, 1], "epochs": [1, 2, 3]}, "objective": {"minimize": "loss"}}
TPE = {
    "sampler": "tpe",
    "trials": 5,
    "space": {"lr": {"low": 1, "high": 10}, "epochs": {"low": 1, "high": 9}},
    "objective": {"minimize": "loss"},
}


def file_of(stages: dict[str, Any], **top: Any) -> StudyFile:
    entries = {name: {"task": "train", **stage} for name, stage in stages.items()}
    return StudyFile.model_validate({"study": "s", "stages": entries, **top})


def resolved(stages: dict[str, Any], **top: Any) -> Study:
    """Return a study that has nothing wrong."""
    problems = Problems(lambda _: "")
    study = resolve(file_of(stages, **top), TASKS, problems)
    assert study is not None, problems.found
    return study


def told(stages: dict[str, Any], **top: Any) -> list[str]:
    """Return what is wrong with a study."""
    problems = Problems(lambda _: "")
    assert resolve(file_of(stages, **top), TASKS, problems) is None
    return [f"{problem.path}: {problem.message}" for problem in problems.found]


def point(study: Study, stage: str, index: int = 0) -> Point:
    return study.stage(stage).points[index]


def test_defaults_are_filled_in() -> None:
    study = resolved({"a": {"params": {"lr": 1}}})

    assert point(study, "a").params == {"net": "small", "lr": 1.0, "epochs": 2, "layers": [8], "note": ""}


def test_axes_are_parameters_and_the_seed_is_none() -> None:
    study = resolved({"a": {"over": ["net", "seed"]}}, axes={"net": ["big"], "seed": [7]})

    assert (point(study, "a").axes, point(study, "a").seed) == ({"net": "big", "seed": 7}, 7)
    assert "seed" not in point(study, "a").params


def test_without_a_seed_the_seed_is_zero() -> None:
    assert point(resolved({"a": {}}), "a").seed == 0


def test_a_parameter_named_seed_is_given_the_trials_seed() -> None:
    study = resolved({"a": {"task": "seeded", "over": ["seed"]}}, axes={"seed": [3, 4]})

    assert [found.params["seed"] for found in study.stage("a").points] == [3, 4]
    assert len({trial.id for trial in expand(study, Known()).trials}) == 2


def test_a_parameter_named_seed_is_zero_without_an_axis() -> None:
    assert point(resolved({"a": {"task": "seeded"}}), "a").params == {"seed": 0, "lr": 0.1}


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ({"params": {"seed": 3}}, "stages.a.params.seed"),
        ({"search": {**TPE, "space": {"seed": [0, 1]}}}, "stages.a.search.space.seed"),
        ({"search": {**GRID, "space": {"seed": [0, 1]}}}, "stages.a.search.space.seed"),
    ],
)
def test_a_parameter_named_seed_is_not_given_in_another_way(stage: dict[str, Any], path: str) -> None:
    assert told({"a": {"task": "seeded", **stage}}) == [f"{path}: the parameter `seed` is the trial's seed"]


@pytest.mark.parametrize(("stage", "seed"), [({}, 0), ({"over": ["seed"]}, 7)])
def test_a_parameter_named_seed_that_takes_no_seed_is_told(stage: dict[str, Any], seed: int) -> None:
    (found,) = told({"a": {"task": "named_seed", **stage}}, axes={"seed": [7]})

    assert found.startswith("stages.a.task: parameter `seed` of `named_seed` is given the trial's seed: ")
    assert found.endswith(f"`{seed}` is a number, but must be text")


def test_a_default_that_does_not_keep_is_told_at_the_task() -> None:
    (found,) = told({"a": {"task": "endless"}})

    assert found.startswith("stages.a.task: parameter `limit` of `endless`: `inf` cannot be written")


def test_a_default_that_is_another_each_time_is_told_once() -> None:
    (found,) = told({"a": {"task": "changing", "over": ["lr"]}}, axes={"lr": [0.1, 0.2]})

    assert found.startswith("stages.a.task: parameter `tag` of `changing`: its default is another each time")


def test_an_unknown_key_inside_a_parameter_is_told_where_it_is_written() -> None:
    assert told({"a": {"task": "nested", "params": {"opt": {"lrr": 3}}}}) == [
        "stages.a.params.opt.lrr: unknown key `lrr`"
    ]


def test_a_broken_validator_is_told_at_the_task() -> None:
    (found,) = told({"a": {"task": "broken"}})

    assert found == "stages.a.task: a validator of `Broken` fails: KeyError: 1"


def test_references_are_replaced_and_checked() -> None:
    study = resolved(
        {"a": {"over": ["n", "seed"], "params": {"epochs": "${n}", "note": "${n} of ${seed}"}}},
        axes={"n": [5], "seed": [2]},
    )

    assert (point(study, "a").params["epochs"], point(study, "a").params["note"]) == (5, "5 of 2")


def test_axes_of_the_study_go_before_those_of_the_stage() -> None:
    study = resolved(
        {"a": {"over": ["net", "epochs"], "axes": {"net": ["small"], "epochs": [1]}}}, axes={"net": ["big"]}
    )

    assert point(study, "a").axes == {"net": "big", "epochs": 1}


ZIPPED = {"over": ["note", "epochs"], "zip": [["note", "epochs"]]}
PAIRS = {"note": ["a", "b", "c"], "epochs": [10, 10, 100]}


def test_zipped_axes_may_repeat_values_where_every_stage_zips_them() -> None:
    study = resolved({"a": ZIPPED, "b": {**ZIPPED, "params": {"lr": 1}}, "c": {"over": ["note"]}}, axes=PAIRS)

    assert [found.params["epochs"] for found in study.stage("a").points] == [10, 10, 100]
    assert len(study.stage("b").points) == 3


def test_axes_of_a_composed_study_may_repeat_values_too() -> None:
    study = resolved({"a": {**ZIPPED, "axes": PAIRS}, "b": {"over": ["note"], "axes": PAIRS}})

    assert (len(study.stage("a").points), len(study.stage("b").points)) == (3, 3)


def test_values_may_not_repeat_where_a_stage_does_not_zip_them() -> None:
    (found,) = told({"a": ZIPPED, "b": {"over": ["epochs"]}}, axes=PAIRS)

    assert found == "axes.epochs[1]: axis `epochs` has the value `10` twice"


def test_a_stage_of_listed_points_has_these_alone() -> None:
    listed = [{"net": "big", "lr": 2}, {"lr": 3, "net": "small"}]
    stage = resolved({"a": {"include": listed}}, axes={"net": ["small", "big"]}).stage("a")

    assert [found.axes for found in stage.points] == listed
    assert [found.params["lr"] for found in stage.points] == [2.0, 3.0]


def test_listed_points_are_taken_with_all_values_of_other_axes() -> None:
    entry = {"over": ["lr", "seed"], "include": [{"lr": 2}, {"lr": 3}]}
    stage = resolved({"a": entry}, axes={"seed": [0, 1]}).stage("a")

    assert [tuple(found.axes.values()) for found in stage.points] == [(2, 0), (2, 1), (3, 0), (3, 1)]


def test_an_axis_of_listed_points_that_changes_nothing_is_told() -> None:
    (found,) = told({"a": {"include": [{"lrr": 2}, {"lrr": 3}]}})

    assert found.startswith("stages.a.over[0]: axis `lrr` changes nothing")


def test_the_best_hands_on_an_axis_that_only_its_listed_points_have() -> None:
    best = {"stage": "a", "best": {"minimize": "loss"}}
    study = resolved(
        {"a": {"task": "score", "include": [{"metric": "m"}]}, "b": {"task": "score", "needs": {"x": best}}}
    )

    assert study.stage("b").needs[0].inherits == ("metric",)


def test_stages_over_the_same_axes_draw_the_same_sample() -> None:
    entry = {"over": ["lr", "epochs", "seed"], "sample": 4}
    needing = {**entry, "over": ["epochs", "lr", "seed"], "needs": {"x": "a"}}
    axes = {"lr": [1, 2, 3], "epochs": [1, 2, 3], "seed": [0, 1]}
    study = resolved({"a": entry, "b": needing}, axes=axes)

    assert [len(stage.points) for stage in study.stages] == [8, 8]


def test_a_need_may_hold_for_one_list_alone() -> None:
    when = {"stage": "a", "when": {"layers": [8, 8]}}
    stages = {"a": {}, "b": {"over": ["layers"], "needs": {"x": when}}}
    trials = expand(resolved(stages, axes={"layers": [[8, 8], [8], [16]]}), Known()).trials

    assert [list(trial.needs) for trial in trials if trial.stage == "b"] == [["x"], [], []]


def test_trials_are_joined_on_lists() -> None:
    stages = {"a": {"over": ["layers"]}, "b": {"over": ["layers"], "needs": {"x": "a"}}}
    trials = expand(resolved(stages, axes={"layers": [[8, 8], [8]]}), Known()).trials
    ids = {trial.id: trial.axes for trial in trials}

    assert all(ids[trial.needs["x"]] == trial.axes for trial in trials if trial.stage == "b")


def test_a_stage_without_a_shape_has_the_default_one() -> None:
    assert resolved({"a": {}}).stage("a").shape == Shape()


def test_the_version_is_the_tasks() -> None:
    assert resolved({"a": {}}).stage("a").version == 3


def test_needed_stages_come_first_else_the_order_is_kept() -> None:
    study = resolved(
        {"c": {"needs": {"x": "b"}}, "d": {"params": {"lr": 1}}, "b": {}, "a": {"needs": {"x": "c"}}}
    )

    assert [stage.name for stage in study.stages] == ["b", "c", "d", "a"]


def test_every_circle_is_told() -> None:
    found = told(
        {
            "a": {"needs": {"x": "b"}},
            "b": {"needs": {"x": "a", "y": "c"}},
            "c": {"needs": {"x": "b"}},
        }
    )

    assert found == [
        "stages.b.needs.x: the needs go in a circle: a → b → a",
        "stages.c.needs.x: the needs go in a circle: b → c → b",
    ]


def test_a_grid_becomes_points() -> None:
    stage = resolved({"a": {"search": GRID}}).stage("a")

    assert (len(stage.points), stage.search) == (6, None)


def test_grid_values_are_axes_and_parameters() -> None:
    found = point(resolved({"a": {"search": GRID}}), "a", 4)

    assert (found.axes, found.params["lr"], found.params["epochs"]) == ({"lr": 1.0, "epochs": 2}, 1.0, 2)


def test_a_searched_parameter_is_left_open() -> None:
    assert point(resolved({"a": {"search": TPE}}), "a").params == {"net": "small", "layers": [8], "note": ""}


def test_the_ends_of_a_range_have_the_parameters_type() -> None:
    search = resolved({"a": {"search": TPE}}).stage("a").search

    assert search is not None
    lr, epochs = search.space["lr"], search.space["epochs"]
    assert isinstance(lr, Range)
    assert isinstance(epochs, Range)
    assert (type(lr.low), type(epochs.high)) == (float, int)


@pytest.mark.parametrize("search", [GRID, TPE])
def test_a_best_need_takes_direction_and_parameters_from_the_search(search: dict[str, Any]) -> None:
    study = resolved({"a": {"search": search}, "b": {"needs": {"x": {"stage": "a", "best": "loss"}}}})

    assert study.stage("b").needs == (Edge(name="x", stage="a", best=LOSS, inherits=("lr", "epochs")),)
    assert point(study, "b").params == {"net": "small", "layers": [8], "note": ""}


def test_own_parameters_are_not_inherited() -> None:
    study = resolved(
        {"a": {"search": TPE}, "b": {"params": {"epochs": 9}, "needs": {"x": {"stage": "a", "best": "loss"}}}}
    )

    assert study.stage("b").needs[0].inherits == ("lr",)


def test_axes_that_are_not_shared_are_inherited_but_never_the_seed() -> None:
    best = {"stage": "a", "best": {"minimize": "loss"}}
    study = resolved(
        {"a": {"over": ["net", "epochs", "seed"]}, "b": {"over": ["epochs"], "needs": {"x": best}}},
        axes={"net": ["small", "big"], "epochs": [1], "seed": [0, 1]},
    )

    assert study.stage("b").needs[0].inherits == ("net",)


def test_a_parameter_is_open_only_where_the_need_applies() -> None:
    need = {"stage": "a", "best": "loss", "when": {"net": "big"}}
    study = resolved(
        {"a": {"search": TPE}, "b": {"over": ["net"], "needs": {"x": need}}}, axes={"net": ["small", "big"]}
    )

    assert ["lr" in found.params for found in study.stage("b").points] == [True, False]


def test_a_required_parameter_may_be_inherited() -> None:
    study = resolved(
        {
            "a": {"task": "score", "over": ["metric"]},
            "b": {"task": "score", "needs": {"x": {"stage": "a", "best": {"maximize": "f1"}}}},
        },
        axes={"metric": ["f1", "iou"]},
    )

    assert point(study, "b").params == {}


def test_axes_may_differ_by_need_alone() -> None:
    study = resolved(
        {
            "a": {"over": ["net"]},
            "b": {"task": "score", "params": {"metric": "m"}, "over": ["net"], "needs": {"x": "a"}},
        },
        axes={"net": ["small", "big"]},
    )

    first, second = expand(study, Known()).of("b")
    assert first.params == second.params
    assert first.id != second.id


def test_points_that_would_be_one_trial_are_told() -> None:
    (found,) = told({"a": {"over": ["n"], "params": {"note": "n${n}"}}}, axes={"n": [1, "1"]})

    assert "duplicate trial: points {n: 1} and {n: 1} are the same trial" in found


def test_values_that_mean_the_same_parameter_are_told() -> None:
    problems = Problems(lambda _: "")
    resolve(file_of({"a": {"over": ["lr"]}}, axes={"lr": [True, 1]}), TASKS, problems)

    assert [problem.hint for problem in problems.found] == [
        "the values of `lr` mean the same to parameters and needs: drop one point"
    ]


def test_the_same_trial_in_two_stages_is_one() -> None:
    study = resolved({"a": {}, "b": {}})

    first, second = expand(study, Known()).trials
    assert first.id == second.id


def test_mistakes_are_told_where_the_axis_is_written() -> None:
    assert told({"a": {"over": ["net"]}, "b": {"over": ["net"]}}, axes={"net": ["small", "bgi"]}) == [
        "axes.net[1]: `bgi` is not allowed here"
    ]


def test_a_stage_that_was_left_out_is_not_told_again() -> None:
    problems = Problems(lambda _: "")
    resolve(file_of({"b": {"needs": {"x": "a"}}}), TASKS, problems, frozenset({("stages", "a")}))

    assert problems.found == []


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ({"exclude": [{"net": ["big", "bgi"]}]}, "stages.a.exclude[0].net"),
        ({"needs": {"x": {"stage": "b", "when": {"net": "bgi"}}}}, "stages.a.needs.x.when.net"),
    ],
)
def test_a_condition_that_never_holds_is_told(stage: dict[str, Any], path: str) -> None:
    problems = Problems(lambda _: "")
    doubts(file_of({"a": {"over": ["net"], **stage}}, axes={"net": ["small", "big"]}), problems)

    assert [(problem.path, problem.hint) for problem in problems.found] == [(path, "did you mean `big`?")]


def test_a_best_that_luck_decides_is_told() -> None:
    problems = Problems(lambda _: "")
    stages = {"a": {"over": ["seed"]}, "b": {"needs": {"x": {"stage": "a", "best": {"minimize": "loss"}}}}}
    doubts(file_of(stages, axes={"seed": [0, 1]}), problems)

    assert [problem.path for problem in problems.found] == ["stages.b.needs.x.best"]


def test_what_nothing_uses_is_told() -> None:
    problems = Problems(lambda _: "")
    doubts(file_of({"a": {}}, axes={"x": [1]}, shapes={"y": {}}), problems)

    assert [problem.path for problem in problems.found] == ["axes.x", "shapes.y"]


def test_what_is_kept_changes_no_trial() -> None:
    kept, plain = (resolved({"a": entry}) for entry in ({"keep": ["checkpoint"]}, {}))

    assert (kept.stage("a").keep, plain.stage("a").keep) == (("checkpoint",), ())
    assert expand(kept, Known()) == expand(plain, Known())
