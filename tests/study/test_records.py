from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.axis_values import Records
from orchestrator.study.plan import Known, expand
from orchestrator.study.records import axes_of, check_fields, linked_values, reachable
from orchestrator.study.study_file import StageEntry
from tests.study.test_resolve import TASKS, file_of, point, resolved, told

NETS = {"small": {"net": "small", "epochs": 1, "more": {"note": "s"}}, "large": {"net": "big", "epochs": 3}}
AXES = {"model": NETS, "seed": [0, 1]}
LINKED = {"model": {"small": {"width": 64, "opt": {"lr": 0.1}}}}


def of_model(**entry: Any) -> dict[str, Any]:
    return {"a": {"over": ["model"], **entry}}


def unused(stages: dict[str, Any], **top: Any) -> list[str]:
    """Return what is told of fields that nothing uses."""
    problems = Problems(lambda _: "")
    check_fields(file_of(stages, **top), TASKS, problems)
    return [f"{problem.path}: {problem.message} | {problem.hint}" for problem in problems.found]


def test_the_value_of_an_axis_of_records_is_the_name() -> None:
    study = resolved(of_model(over=["model", "seed"]), axes=AXES)

    assert [found.axes["model"] for found in study.stage("a").points] == ["small", "small", "large", "large"]


def test_fields_are_given_to_the_parameters_of_their_names() -> None:
    study = resolved(of_model(), axes=AXES)

    assert [(p.params["net"], p.params["epochs"]) for p in study.stage("a").points] == [
        ("small", 1),
        ("big", 3),
    ]


def test_a_field_that_a_record_lacks_falls_back_to_the_default() -> None:
    records = {"one": {"lr": 1}, "two": {"lr": 1, "epochs": 9}}
    study = resolved(of_model(), axes={"model": records})

    assert [p.params["epochs"] for p in study.stage("a").points] == [2, 9]


def test_a_parameter_of_the_axis_name_is_given_the_name() -> None:
    study = resolved({"a": {"over": ["net"]}}, axes={"net": {"big": {"epochs": 7}}})

    assert (point(study, "a").params["net"], point(study, "a").params["epochs"]) == ("big", 7)


def test_references_reach_names_and_fields_however_deep() -> None:
    params = {"note": "${model}: ${model.more.note}"}
    study = resolved(of_model(params=params), axes={"model": {"small": NETS["small"]}})

    assert point(study, "a").params["note"] == "small: s"


def test_references_reach_into_values_that_are_mappings() -> None:
    stage = {"over": ["opt"], "params": {"lr": "${opt.lr}", "note": "${opt.name}"}}
    study = resolved({"a": stage}, axes={"opt": [{"name": "sgd", "lr": 0.5}]})

    assert (point(study, "a").params["lr"], point(study, "a").params["note"]) == (0.5, "sgd")


def test_the_trials_are_those_of_the_parameters_written_out() -> None:
    linked = expand(resolved(of_model(), axes=AXES), Known()).trials
    apart = [{"net": "small", "epochs": 1}, {"net": "big", "epochs": 3}]
    listed = expand(resolved({"a": {"include": apart}}), Known()).trials

    assert [trial.id for trial in linked] == [trial.id for trial in listed]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"params": {"epochs": 1}}, "params.epochs: `epochs` is given twice: here and by the records"),
        ({"over": ["model", "net"]}, "over[0]: `net` is given twice: by the records of axis"),
        ({"over": ["model", "other"]}, "over[0]: `net` is given twice: by the records of axis"),
        ({"params": {"note": "${model.more.note}"}}, "params.note: `${model.more.note}`: record `large` of"),
        ({"params": {"note": "${model.less}"}}, "params.note: `${model.less}`: record `small` of axis"),
        ({"params": {"note": "${modle.net}"}}, "params.note: `${modle.net}` is not an axis of this stage"),
        ({"over": ["model", "lr"], "params": {"note": "${lr.x}"}}, "params.note: `${lr.x}`: value `1` of"),
        ({"include": [{"model": "huge"}]}, "include[0].model: axis `model` has no record `huge`"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_records_is_told(entry: dict[str, Any], message: str) -> None:
    axes = {**AXES, "net": ["small"], "lr": [1], "other": {"x": {"net": "big"}}}

    (found,) = told(of_model(**entry), axes=axes)

    assert found.startswith(f"stages.a.{message}")


def test_a_searched_field_is_given_twice() -> None:
    search = {"trials": 1, "space": {"epochs": [1]}, "objective": {"minimize": "loss"}}

    (found,) = told(of_model(search=search), axes=AXES)

    assert found.startswith("stages.a.search.space.epochs: `epochs` is given twice: here and by the records")


def test_a_seed_in_a_record_is_told() -> None:
    (found,) = told(of_model(task="seeded"), axes={"model": {"one": {"seed": 3}}})

    assert found == "stages.a.over[0]: axis `model` gives `seed`, which is the trial's seed"


def test_a_field_that_the_task_refuses_is_told_where_it_is_written() -> None:
    records = {**NETS, "large": {"net": "bgi", "epochs": 3}}

    (found,) = told(of_model(), axes={"model": records})

    assert found.startswith("axes.model.large.net: `bgi` is not allowed here")


def test_a_parameter_of_the_axis_name_that_takes_no_name_is_told() -> None:
    (found,) = told({"a": {"over": ["layers"]}}, axes={"layers": {"deep": {"epochs": 3}}})

    assert found == "axes.layers.deep: `deep` is text, but must be a list"


def test_two_records_that_say_the_same_are_the_same_trial() -> None:
    (found,) = told(of_model(), axes={"model": {"one": {"lr": 1}, "two": {"lr": 1.0}}})

    assert "points {model: one} and {model: two} are the same trial" in found


def test_an_axis_none_of_whose_fields_is_used_changes_nothing() -> None:
    (found,) = told(of_model(), axes={"model": {"one": {"lrr": 1}}})

    assert found.startswith("stages.a.over[0]: axis `model` changes nothing")


def test_a_field_that_no_stage_uses_is_told() -> None:
    (found,) = unused(of_model(), axes={"model": {"one": {"lr": 1, "epoch": 5}}})

    assert found == (
        "axes.model.one.epoch: `epoch` changes nothing: no stage over `model` has a task with a parameter "
        "`epoch`, and no `${model.epoch}` uses it | did you mean `epochs`?"
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"params": {"note": "${model.metric}"}},
        {"params": {"note": "${model.metric.x}"}},
        {"shape": "${model.metric}"},
        {"task": "score"},
        {"task": "unknown"},
    ],
    ids=str,
)
def test_a_field_that_any_stage_may_use_is_not_told(entry: dict[str, Any]) -> None:
    stages = {"a": {"over": ["model"]}, "b": {"over": ["model"], **entry}}

    assert unused(stages, axes={"model": {"one": {"lr": 1, "metric": {"x": 1}}}}) == []


def test_fields_of_a_part_of_a_composed_study_are_told_at_that_part() -> None:
    entry = {"over": ["model"], "axes": {"model": {"one": {"lr": 1, "epoch": 5}}}}

    (found,) = unused({"x.a": entry, "x.b": entry})

    assert found.startswith("stages.x.a.axes.model.one.epoch: `epoch` changes nothing")


def test_the_best_hands_on_the_fields_of_its_record() -> None:
    best = {"stage": "a", "best": {"minimize": "loss"}}
    study = resolved({**of_model(), "b": {"needs": {"x": best}}}, axes=AXES)

    assert study.stage("b").needs[0].inherits == ("net", "epochs")


def test_the_best_mean_over_records_hands_on_none_of_their_fields() -> None:
    best = {"stage": "a", "best": {"minimize": "loss", "mean": ["model"]}}
    axes = {**AXES, "lr": [1, 2]}
    study = resolved({"a": {"over": ["model", "lr"]}, "b": {"needs": {"x": best}}}, axes=axes)

    assert study.stage("b").needs[0].inherits == ("lr",)


def test_own_records_go_before_those_of_the_best() -> None:
    best = {"stage": "a", "best": {"minimize": "loss"}}
    axes = {**AXES, "other": {"x": {"epochs": 4}}}
    study = resolved({**of_model(), "b": {"over": ["other"], "needs": {"x": best}}}, axes=axes)

    assert study.stage("b").needs[0].inherits == ("net",)


def test_a_study_may_choose_among_the_records_of_a_stage() -> None:
    entry = StageEntry.model_validate({"task": "t", "axes": {"model": NETS}})
    chosen = axes_of(entry, {"model": ["large"]})["model"]

    assert isinstance(chosen, Records)
    assert chosen.records == {"large": NETS["large"]}


def test_values_that_are_no_records_of_a_stage_go_before_them() -> None:
    entry = StageEntry.model_validate({"task": "t", "axes": {"model": NETS}})

    assert axes_of(entry, {"model": ["huge"]}) == {"model": ["huge"]}


def test_what_a_reference_may_name_at_a_point() -> None:
    assert reachable({"model": "small", "o": {"a": 1}}, LINKED) == {
        "model": "small",
        "model.width": 64,
        "model.opt": {"lr": 0.1},
        "model.opt.lr": 0.1,
        "o": {"a": 1},
        "o.a": 1,
    }


@pytest.mark.parametrize("value", ["huge", None, ["small"]], ids=str)
def test_what_is_the_name_of_no_record_gives_nothing(value: Any) -> None:
    assert linked_values({"model": value}, LINKED) == {}
