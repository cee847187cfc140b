from typing import Any

import pytest

from orchestrator.evidence.gpu_packing import Cost, Estimate, Packing
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from orchestrator.verbs.packing_lines import gpu_line, packing_lines, packings, with_packing
from tests.evidence.test_gpu_packing import done, seen_of
from tests.tracked_study import points, stage

GPU = Shape(gpus=1)
SEGMENT = stage("segment", points(seed=[0])).model_copy(update={"shape": GPU, "shape_name": "gpu"})
STUDY = Study(name="s", stages=(SEGMENT,))
ESTIMATE = Estimate(
    measured=12, busy=18, memory=3174, of=40960, slots=4, trials=12, ahead=False, gpu_hours=8.4, packed=2.1
)
COSTS = (Cost(slots=1, trials=4, gpu_hours=0.7), Cost(slots=4, trials=8, gpu_hours=0.21))


def test_a_plan_says_what_slots_would_save_and_by_which_model() -> None:
    line, model = packing_lines(STUDY, {"segment": Packing(estimate=ESTIMATE, costs=())})

    assert line == (
        "segment: 12 trials measured, GPU 18 % busy for each, 3.1 of 40.0 GB: with `slots: 4` in the shape "
        "`gpu` the 12 trials would have taken 2.1 instead of 8.4 GPU-hours"
    )
    assert model.startswith("an estimate: ")


def test_a_plan_says_what_slots_have_saved() -> None:
    (line,) = packing_lines(STUDY, {"segment": Packing(estimate=None, costs=COSTS)})

    assert line == (
        "segment: measured, a trial took 0.700 GPU-hours alone (mean of 4 trials) and 0.210 in 4 slots "
        "(mean of 8 trials), 70 % less"
    )


def test_where_no_more_trials_fit_nothing_is_told() -> None:
    full = SEGMENT.model_copy(update={"shape": Shape(gpus=1, slots=4)})

    assert not packing_lines(
        Study(name="s", stages=(full,)), {"segment": Packing(estimate=ESTIMATE, costs=())}
    )


def test_the_rows_of_a_plan_say_it_to_scripts() -> None:
    segment, seen = seen_of(done(1))
    rows = [{"stage": "segment", "to_do": 1}]
    found = with_packing(rows, packings(Study(name="s", stages=(segment,)), seen, rows))[0]["packing"]

    assert (found["estimate"]["gpu_hours"], found["estimate"]["slots"], found["costs"]) == (1, 5, ())


def test_a_stage_without_gpus_says_nothing() -> None:
    segment, seen = seen_of(done(1), shape=Shape())
    rows = [{"stage": "segment", "to_do": 1}]

    assert with_packing(rows, packings(Study(name="s", stages=(segment,)), seen, rows))[0]["packing"] is None


def line(shape: Shape = GPU, slots: int = 1, **use: Any) -> str:
    said = {"busy": 12, "memory_mb": 3174, "of_mb": 40960, "own": True} | use
    return gpu_line({"gpu_use": said, "slots": slots}, shape, "gpu")


def test_a_gpu_that_idles_could_be_shared() -> None:
    assert line() == (
        "GPU 12 % busy, 3.1 of 40.0 GB: `slots: 7` in the shape `gpu` would let 7 such trials share it"
    )


@pytest.mark.parametrize(
    "said",
    [
        line(busy=60),
        line(memory_mb=30000),
        line(busy=None),
        line(Shape(gpus=1, nodes=2)),
        line(Shape(gpus=1, slots=8)),
    ],
    ids=["busy", "full", "unknown", "nodes", "shared already"],
)
def test_what_could_not_be_shared_has_no_such_hint(said: str) -> None:
    assert "GB" in said
    assert "slots:" not in said


def test_a_trial_that_shared_its_gpu_says_so() -> None:
    assert line(Shape(gpus=1, slots=4), slots=4, busy=72) == (
        "GPU 72 % busy, 3.1 of 40.0 GB, as one of 4 trials at once"
    )


def test_nothing_is_said_of_a_trial_that_was_not_measured() -> None:
    assert gpu_line({}, GPU, "gpu") == ""


def test_what_was_trained_in_lockstep_used_the_gpu_together() -> None:
    said = {"busy": 12, "memory_mb": 3174, "of_mb": 40960, "own": True}

    assert gpu_line({"gpu_use": said, "lockstep": 8}, GPU, "gpu") == (
        "GPU 12 % busy, 3.1 of 40.0 GB, by all that were trained in lockstep"
    )
