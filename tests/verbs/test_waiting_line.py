from typing import Any

import pytest

from orchestrator.study.shape import Shape
from orchestrator.verbs.waiting_line import waiting_line


def line(share: float = 0.55, **use: Any) -> str:
    said = {"busy": 41, "memory_mb": 3174, "of_mb": 40960, "own": True} | use
    return waiting_line({"timing_waiting_share": share}, {"gpu_use": said}, Shape(gpus=1, cpus=6), "gpu")


def test_a_gpu_that_waits_for_data_is_told_of() -> None:
    assert line() == (
        "it waited for data in 55 % of the time of its steps (`timing_waiting_share`), and the GPU with it: "
        "more `cpus` in the shape `gpu`, now 6, would load more at once"
    )


@pytest.mark.parametrize("said", [line(0.1), line(busy=95), line(busy=None), line(float("nan"))])
def test_a_gpu_that_is_kept_busy_or_that_nobody_saw_is_not(said: str) -> None:
    assert not said
