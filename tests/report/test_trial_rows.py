from dataclasses import replace
from typing import Any

import pytest

from orchestrator.evidence.gpu_use import GpuUse
from orchestrator.evidence.state import State
from orchestrator.report.selection import Observation
from orchestrator.report.trial_rows import FIRST, LAST, TrialRows, chosen, trial_rows
from tests.observations import gather, observe


def with_params(one: Observation, **params: Any) -> Observation:
    return replace(one, trial=one.trial.model_copy(update={"params": {**one.trial.params, **params}}))


def rows_of(*seen: Observation) -> TrialRows:
    return trial_rows(gather(*seen))


VGG = with_params(observe({"iou": 0.5}, encoder="vgg16", seed=1), encoder="vgg16", depth=3)
RESNET = with_params(observe(None, encoder="resnet50", seed=0), encoder="resnet50", depth=3)


def test_columns_are_axes_parameters_and_metrics_in_this_order() -> None:
    assert rows_of(VGG, RESNET).columns == (*FIRST, "encoder", "seed", "depth", "iou", *LAST)


def test_a_trial_without_a_result_has_a_row_too() -> None:
    row = rows_of(VGG, RESNET).rows[1]

    assert (row["state"], row["encoder"], "iou" in row) == ("WAITING", "resnet50", False)


def test_a_stage_without_seeds_shows_the_seed_that_its_trials_have() -> None:
    assert rows_of(observe(None, encoder="vgg16")).rows[0]["seed"] == 0


def test_what_a_trial_cost_is_told_in_seconds_and_in_hours_of_its_gpus() -> None:
    row = rows_of(replace(VGG, attempts=2, seconds=5400.0, gpus=2)).rows[0]

    assert (row["attempts"], row["seconds"], row["gpu_hours"]) == (2, 5400, 3)


def test_trials_that_share_a_worker_share_the_hours_of_its_gpus() -> None:
    assert rows_of(replace(VGG, seconds=7200.0, gpus=1, sharers=4)).rows[0]["gpu_hours"] == 0.5


USE = GpuUse(busy=18.0, memory=3174, of=40960, own=True)


def test_how_a_trial_used_its_gpus_has_columns_where_it_was_measured() -> None:
    found = rows_of(replace(VGG, gpu_use=USE), RESNET)

    assert found.columns[-5:] == ("gpu_hours", "gpu_busy", "gpu_memory_mb", "code", "failure")
    assert (found.rows[0]["gpu_busy"], found.rows[0]["gpu_memory_mb"]) == (18, 3174)


def test_how_busy_a_gpu_was_may_be_unknown() -> None:
    assert "gpu_busy" not in rows_of(replace(VGG, gpu_use=replace(USE, busy=None))).columns


def test_a_failed_trial_says_of_which_class() -> None:
    failed = replace(RESNET, state=State.FAILED, failure="nan_loss")

    assert rows_of(failed).rows[0]["failure"] == "nan_loss"


def test_a_parameter_that_is_an_axis_elsewhere_has_no_second_column() -> None:
    fixed = with_params(observe(None, stage="test"), encoder="vgg16")
    found = rows_of(VGG, fixed)

    assert found.params == ("depth",)
    assert found.rows[1]["encoder"] == "vgg16"


def test_a_parameter_that_differs_from_its_axis_has_a_prefix() -> None:
    row = rows_of(with_params(observe(None, lr=1), lr=True)).rows[0]

    assert (row["lr"], row["param.lr"]) == (1, True)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["lr"], ("metric.lr",)),
        (["lr", "metric.lr"], ("metric.lr", "metric.metric.lr")),
        (["metric.lr", "lr"], ("metric.lr", "metric.metric.lr")),
    ],
)
def test_a_metric_called_like_an_axis_has_a_prefix(names: list[str], columns: tuple[str, ...]) -> None:
    assert rows_of(observe(dict.fromkeys(names, 0.5), lr=0.1)).metrics == columns


def test_an_axis_called_like_a_column_of_every_trial_has_a_prefix() -> None:
    assert rows_of(observe(None, code="x")).rows[0]["axis.code"] == "x"


def test_rows_are_chosen_by_values_of_several_columns() -> None:
    found = chosen(rows_of(VGG, RESNET), {"encoder": ["vgg16", "resnet50"], "seed": [0]})

    assert [row["encoder"] for row in found.rows] == ["resnet50"]


def test_chosen_rows_keep_the_columns_of_their_stages_alone() -> None:
    found = rows_of(VGG, RESNET, observe({"acc": 1.0}, stage="gender", width=2))

    assert chosen(found, {"encoder": ["resnet50"]}).columns == rows_of(VGG, RESNET).columns


def test_a_truth_value_is_no_number() -> None:
    assert not chosen(rows_of(observe(None, hair=True)), {"hair": [1]}).rows


def test_a_trial_without_the_axis_is_not_chosen() -> None:
    found = rows_of(observe(None, hair=None), observe(None, stage="mean_mask"))

    assert [row["stage"] for row in chosen(found, {"hair": [None]}).rows] == ["segment"]


def test_a_list_is_one_value() -> None:
    assert len(chosen(rows_of(observe(None, size=[1, 2])), {"size": [[1, 2]]}).rows) == 1


def test_the_words_of_a_command_are_no_column() -> None:
    one = with_params(VGG, command={"words": ["train"]})
    command = replace(one, trial=one.trial.model_copy(update={"task": "command"}))

    assert "command" not in rows_of(command).columns
