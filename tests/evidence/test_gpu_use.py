from typing import Any

import pytest

from orchestrator.evidence.gpu_use import GpuUse, gpu_use, load_of, slots_of

SAID = {"busy": 18.2, "memory_mb": 3174, "of_mb": 40960, "own": True, "samples": 9}


def use(busy: float | None = 18, memory: int = 3174, *, own: bool = True) -> GpuUse:
    return GpuUse(busy=busy, memory=memory, of=40960, own=own)


def test_a_result_says_how_its_gpus_were_used() -> None:
    assert gpu_use({"gpu_use": SAID}) == GpuUse(busy=18.2, memory=3174, of=40960, own=True)


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        SAID | {"memory_mb": "3"},
        SAID | {"memory_mb": -1},
        SAID | {"of_mb": 0},
        SAID | {"memory_mb": 10**400},
    ],
)
def test_what_no_meter_says_is_no_measurement(said: Any) -> None:
    assert gpu_use({"gpu_use": said}) is None


@pytest.mark.parametrize("busy", [None, float("nan"), True, -3, "18"])
def test_how_busy_a_gpu_was_may_be_unknown(busy: Any) -> None:
    found = gpu_use({"gpu_use": SAID | {"busy": busy}})

    assert found is not None
    assert found.busy is None


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (use(), "GPU 18 % busy, 3.1 of 40.0 GB"),
        (use(None), "3.1 of 40.0 GB"),
        (use(own=False), "GPU 18 % busy, 3.1 of 40.0 GB of GPU memory, that of others on it included"),
    ],
)
def test_what_was_measured_is_said_in_words(measured: GpuUse, text: str) -> None:
    assert measured.text == text


@pytest.mark.parametrize(
    ("busy", "memory", "slots"),
    [(18, 3174, 5), (18, 10000, 3), (0, 0, 64), (0, 3174, 11), (95, 100, 1), (45, 30000, 1)],
)
def test_so_many_fit_as_time_and_memory_allow(busy: float, memory: int, slots: int) -> None:
    load = load_of([(use(busy, memory), 1)])

    assert load is not None
    assert load.slots == slots


def test_trials_are_as_busy_as_their_mean_and_as_large_as_the_largest() -> None:
    load = load_of([(use(10, 100), 1), (use(30, 500), 1)])

    assert load is not None
    assert (load.busy, load.memory) == (20, 500)


def test_who_shared_a_gpu_kept_it_busy_for_a_part_of_the_time() -> None:
    load = load_of([(use(80, 9000, own=False), 4)])

    assert load is not None
    assert (load.busy, load.memory) == (20, 2250)


def test_without_measurements_there_is_no_load() -> None:
    assert load_of([(use(None), 1)]) is None


@pytest.mark.parametrize(
    ("said", "slots"), [({}, 1), ({"slots": 4}, 4), ({"slots": "4"}, 1), ({"slots": 10**400}, 1)]
)
def test_a_result_says_how_many_trials_its_worker_ran_at_once(said: Any, slots: int) -> None:
    assert slots_of(said) == slots
