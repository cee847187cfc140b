from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.resolve import resolve
from orchestrator.study.study import Study
from orchestrator.study.study_file import StudyFile

LOSS = {"minimize": "loss"}


def resolved(stage: dict[str, Any], problems: Problems, **top: Any) -> Study | None:
    given = {"study": "s", "axes": {"lr": [0.1, 1]}, **top, "stages": {"a": stage, **top.get("stages", {})}}
    file = StudyFile.model_validate(given)
    return resolve(file, {}, problems)


def told(stage: dict[str, Any], **top: Any) -> list[str]:
    """Return what is wrong with a command, and the hints; `b` is another one."""
    top.setdefault("stages", {"b": {"command": "y"}})
    problems = Problems(lambda _: "")
    assert resolved(stage, problems, **top) is None
    return [f"{problem.path}: {problem.message}: {problem.hint}" for problem in problems.found]


def params(stage: dict[str, Any], **top: Any) -> list[dict[str, Any]]:
    """Return the parameters of a command's trials, but for the command itself."""
    problems = Problems(lambda _: "")
    study = resolved(stage, problems, **top)
    assert study is not None, problems.found
    points = study.stage("a").points
    return [{name: value for name, value in point.params.items() if name != "command"} for point in points]


def test_a_command_is_given_the_axes_and_parameters_that_it_refers_to() -> None:
    stage = {"command": "train --lr ${lr} -e ${epochs}", "over": ["lr"], "params": {"epochs": 3}}

    assert params(stage) == [{"lr": 0.1, "epochs": 3}, {"lr": 1, "epochs": 3}]


def test_a_parameter_may_refer_to_an_axis() -> None:
    stage = {"command": "train ${out}", "over": ["lr"], "params": {"out": "run-${lr}"}}

    assert params(stage) == [{"out": "run-0.1"}, {"out": "run-1"}]


def test_a_command_refers_to_fields_of_records_by_their_own_names_or_with_the_axis() -> None:
    model = {"small": {"width": 64, "batch": 256}, "large": {"width": 512, "batch": 32}}
    stage = {"command": "train ${model} ${width} ${model.batch}", "over": ["model"]}

    assert params(stage, axes={"model": model}) == [
        {"model": "small", "width": 64, "model.batch": 256},
        {"model": "large", "width": 512, "model.batch": 32},
    ]


def test_a_record_may_be_called_like_a_place_that_nobody_means() -> None:
    data = {"a": {"train": 1}, "b": {"train": 2}}
    stage = {"command": "train ${data.train}", "over": ["data"]}

    assert params(stage, axes={"data": data}) == [{"data.train": 1}, {"data.train": 2}]


def test_places_and_the_seed_are_no_parameters() -> None:
    stage = {"command": "train ${seed} ${checkpoint} ${artifacts} ${data} ${code} ${metrics} ${result}"}

    assert params(stage) == [{}]


def test_parameters_may_have_names_of_methods() -> None:
    assert params({"command": "train ${json} ${copy}", "params": {"json": 1, "copy": 2}}) == [
        {"json": 1, "copy": 2}
    ]


def test_only_what_differs_from_defaults_is_written() -> None:
    study = resolved({"command": "train x"}, Problems(lambda _: ""))

    assert study is not None
    assert study.stage("a").points[0].params == {"command": {"words": ["train", "x"]}}


def test_a_version_is_that_of_the_stage() -> None:
    study = resolved({"command": "train x", "version": 3}, Problems(lambda _: ""))

    assert study is not None
    assert study.stage("a").version == 3


def test_searched_parameters_are_found_in_the_command() -> None:
    search = {"sampler": "random", "trials": 2, "space": {"wd": {"low": 0.1, "high": 1}}, "objective": LOSS}

    assert params({"command": "train ${wd}", "search": search}) == [{}]


def test_the_best_trial_hands_on_what_the_command_refers_to() -> None:
    best = {"command": "train ${lr}", "needs": {"best": {"stage": "b", "best": LOSS}}}
    source = {"command": "train ${lr}", "over": ["lr"]}

    assert params(best, stages={"b": source}) == [{}]


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"command": "x ${lrr}", "over": ["lr"]}, "stages.a.command: `${lrr}` has no value: did you mean"),
        (
            {"command": "x ${lr}", "over": ["lr"], "params": {"wd": 1}},
            "stages.a.params.wd: the command has no `${wd}`: ",
        ),
        ({"command": "x", "over": ["lr"]}, "stages.a.over[0]: axis `lr` changes nothing: the command has"),
        ({"command": "x && y"}, "stages.a.command: `&&` is a word like any other here"),
        ({"command": "x > log.txt"}, "stages.a.command: `>` is a word like any other here"),
        (
            {"command": ["bash", "-c", "x ${lr}"], "over": ["lr"]},
            "stages.a.command: a shell would read the value of `${lr}` as part of its script",
        ),
        ({"command": "x", "metrics": {"acc": "acc (["}}, "stages.a.metrics.acc: `acc ([` is no pattern"),
        ({"command": "x", "metrics": {"acc": "acc"}}, "stages.a.metrics.acc: `acc` has 0 groups"),
        ({"command": "x", "metrics": {"acc": "(a)(b)"}}, "stages.a.metrics.acc: `(a)(b)` has 2 groups"),
        ({"command": "x", "environment": {"A-B": 1}}, "stages.a.environment.A-B: `A-B` cannot be the name"),
        ({"command": "x ${need.b}"}, "stages.a.command: `${need.b}` is no need of this stage"),
        (
            {"command": "x ${each.b}", "needs": {"b": "b"}},
            "stages.a.command: `${each.b}` is for needs with `all`, and `b` is one trial: write `${need.b}`",
        ),
        (
            {"command": "x", "environment": {"A": "${each.b}"}, "needs": {"b": {"stage": "b", "all": True}}},
            "stages.a: `${each.b}` becomes several words, and here is one text",
        ),
        ({"command": "x ${data}", "params": {"data": 1}}, "stages.a.params.data: `data` has a"),
        ({"command": "x", "result": "${metrics}.json"}, "stages.a: `${metrics}` is what `result:`"),
        ({"task": "command"}, "stages.a.task: `task: command` says no command"),
        ({"task": "some.task", "metrics": {"a": "(b)"}}, "stages.a.metrics: `metrics` is for stages with"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_command_is_told(stage: dict[str, Any], message: str) -> None:
    assert any(line.startswith(message) for line in told(stage)), told(stage)


def test_a_need_that_may_not_hold_is_no_word() -> None:
    needs = {"b": {"stage": "b", "when": {"lr": 1}}}
    stage = {"command": "x ${need.b} ${lr}", "over": ["lr"], "needs": needs}

    assert "`${need.b}` holds only for some points" in told(stage, stages={"b": {"command": "y"}})[0]


def test_a_stage_has_a_task_or_a_command() -> None:
    with pytest.raises(ValueError, match="a `task:` or a `command:`, not both"):
        StudyFile.model_validate({"study": "s", "stages": {"a": {"task": "t", "command": "c"}}})
