"""Shapes that refer to axes: resolved for each point, and no part of what a trial is."""

from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.plan import Known, expand
from orchestrator.study.records import check_fields
from orchestrator.study.resolve import resolve
from orchestrator.study.shape import Shape
from orchestrator.study.study_file import StudyFile
from tests.study.test_resolve import TASKS, file_of, resolved, told

MODELS = {"model": {"small": {"net": "small", "gpus": 1}, "large": {"net": "big", "gpus": 4}}}
NO_MEMORY = "`big` is not an amount of memory; write for example `24GB` or `500MB`"
STAGES = {"a": {"over": ["model"], "shape": "gpu"}}


def told_of(shape: dict[str, Any], over: list[str], **axes: Any) -> list[str]:
    return told({"a": {"over": over, "shape": "gpu"}}, axes=axes, shapes={"gpu": shape})


def test_each_trial_has_the_shape_of_its_point() -> None:
    study = resolved(STAGES, axes=MODELS, shapes={"gpu": {"gpus": "${model.gpus}", "cpus": 6}})

    assert [study.stage("a").shape_of(trial) for trial in expand(study, Known()).trials] == [
        Shape(gpus=1, cpus=6),
        Shape(gpus=4, cpus=6),
    ]


def test_a_stage_knows_the_shapes_of_its_points() -> None:
    study = resolved(STAGES, axes=MODELS, shapes={"gpu": {"cpus": "${model.gpus}"}})

    assert study.stage("a").shapes == (Shape(cpus=1), Shape(cpus=4))


def test_a_trial_is_the_same_with_any_shape() -> None:
    plain = resolved({"a": {"over": ["net"]}}, axes={"net": ["small"]})
    varying = resolved(
        {"a": {"over": ["net"], "shape": "gpu"}},
        axes={"net": ["small"]},
        shapes={"gpu": {"partition": "${net}"}},
    )

    assert expand(plain, Known()).trials[0].id == expand(varying, Known()).trials[0].id


def test_points_of_one_shape_do_not_carry_it() -> None:
    study = resolved(STAGES, axes=MODELS, shapes={"gpu": {"gpus": 1}})

    assert [point.shape for point in study.stage("a").points] == [None, None]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"gpus": "${lr}"}, "shapes.gpu.gpus: `${lr}` is not an axis of stage `a`"),
        ({"gpus": "${net.gpus}"}, "shapes.gpu.gpus: `${net.gpus}`: value `big` of axis `net` has no `gpus`"),
        ({"gpus": "${net}"}, "shapes.gpu.gpus: at net=big: `big` is text, but must be a whole number"),
        ({"cpus": "${epochs}"}, "shapes.gpu.cpus: at net=big epochs=0: `0` must be at least 1"),
        (
            {"memory": "${net}"},
            "shapes.gpu.memory: at net=big: " + NO_MEMORY,
        ),
    ],
)
def test_what_a_shape_cannot_refer_to_is_told(shape: dict[str, Any], message: str) -> None:
    over = ["net", "epochs"] if "epochs" in str(shape) else ["net"]

    assert message in told_of(shape, over, net=["big"], epochs=[0], lr=[1])


def test_the_same_mistake_at_many_points_is_told_once() -> None:
    assert len(told_of({"gpus": "${net}"}, ["net", "lr"], net=["big"], lr=[1, 2])) == 1


def test_a_field_that_only_a_shape_uses_is_used() -> None:
    problems = Problems(lambda _: "")
    check_fields(file_of(STAGES, axes=MODELS, shapes={"gpu": {"gpus": "${model.gpus}"}}), TASKS, problems)

    assert problems.found == []


def test_a_task_is_one_program_and_has_one_node() -> None:
    assert told({"a": {"shape": "wide"}}, shapes={"wide": {"nodes": 2}}) == [
        "shapes.wide.nodes: `nodes: 2` is for stages with a `command:`, and `a` is a task: one program"
    ]


def test_a_command_may_have_several_nodes() -> None:
    problems = Problems(lambda _: "")
    file = StudyFile.model_validate(
        {
            "study": "s",
            "shapes": {"wide": {"nodes": 2}},
            "stages": {"a": {"command": "run ${nodes} ${gpus} ${rendezvous}", "shape": "wide"}},
        }
    )
    study = resolve(file, {}, problems)

    assert study is not None, problems.found
    assert (study.stage("a").shape.nodes, study.stage("a").points[0].params) == (
        2,
        {"command": {"words": ["run", "${nodes}", "${gpus}", "${rendezvous}"]}},
    )


def test_a_task_that_trains_one_trial_at_a_time_is_told_for_lockstep() -> None:
    (message,) = told_of({"lockstep": 4}, ["lr"], lr=[0.1, 0.2])

    assert message.startswith(
        "shapes.gpu.lockstep: `lockstep: 4` is for tasks that train several trials at once"
    )
