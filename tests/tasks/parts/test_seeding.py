import random

import numpy as np
import pytest
import torch

from tasks.parts import seeding


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(()))


def test_same_seed_same_numbers() -> None:
    seeding.seed_all(5)
    first = draw()
    seeding.seed_all(5)
    assert draw() == first


def test_restored_state_goes_on_where_it_was() -> None:
    seeding.seed_all(5)
    np.random.randn()  # leaves a second Gaussian number in NumPy's state
    state = seeding.capture()
    first = (draw(), float(np.random.randn()))
    seeding.restore(state)
    assert (draw(), float(np.random.randn())) == first


def test_captured_state_needs_no_pickle(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("state") / "state.pt"
    torch.save(seeding.capture(), path)
    assert set(torch.load(path, weights_only=True)) == {"python", "numpy", "torch", "cuda"}


def test_epoch_order_is_a_permutation() -> None:
    assert sorted(seeding.epoch_order(9, seed=1, epoch=0).tolist()) == list(range(9))


@pytest.mark.parametrize("other", [{"seed": 1, "epoch": 1}, {"seed": 0, "epoch": 0}])
def test_epoch_order_depends_on_seed_and_epoch(other: dict[str, int]) -> None:
    first = seeding.epoch_order(50, seed=1, epoch=0)
    assert not torch.equal(first, seeding.epoch_order(50, **other))


def test_epoch_order_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    seeding.epoch_order(5, seed=1, epoch=0)
    assert torch.equal(torch.get_rng_state(), before)
