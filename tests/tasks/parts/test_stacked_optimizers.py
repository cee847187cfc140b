from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import SGD, Adam, AdamW, RMSprop

from tasks.parts.stacked_optimizers import StackedOptimizer, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor
    from torch.optim import Optimizer

SHAPES = ((3, 4), (5,), ())
RATES = st.floats(1e-5, 0.1)
DECAYS = st.floats(0, 0.1)
SHARES = st.floats(0, 0.999)
EPSILONS = st.floats(1e-8, 1e-3)
GIVEN = {
    SGD: st.fixed_dictionaries({"lr": RATES, "momentum": st.sampled_from([0.0, 0.5, 0.95])}),
    Adam: st.fixed_dictionaries({"lr": RATES, "betas": st.tuples(SHARES, SHARES), "eps": EPSILONS}),
    AdamW: st.fixed_dictionaries({"lr": RATES, "betas": st.tuples(SHARES, SHARES), "eps": EPSILONS}),
    RMSprop: st.fixed_dictionaries({"lr": RATES, "alpha": SHARES, "eps": EPSILONS}),
}


def optimizers(kind: Callable[..., Optimizer], given: list[dict[str, Any]]) -> list[Optimizer]:
    """Return an optimizer for each of these settings, over weights of its own."""
    drawn = torch.Generator().manual_seed(len(given))
    return [kind([torch.randn(shape, generator=drawn) for shape in SHAPES], **one) for one in given]


def weights(optimizer: Optimizer) -> list[Tensor]:
    found: list[Tensor] = optimizer.param_groups[0]["params"]
    return found


def row(optimizer: Optimizer) -> Tensor:
    return torch.cat([each.flatten() for each in weights(optimizer)])


def torch_steps(ones: list[Optimizer], gradients: list[Tensor]) -> None:
    """Let each take its own steps. gradients of a step: float [K, P]."""
    for rows in gradients:
        for one, gradient in zip(ones, rows, strict=True):
            parts = gradient.split([each.numel() for each in weights(one)])
            for each, part in zip(weights(one), parts, strict=True):
                each.grad = part.view_as(each).clone()
            one.step()


def stacked_steps(ones: list[Optimizer], gradients: list[Tensor]) -> Tensor:
    """Let all take these steps as one; return their weights and give back what they keep."""
    stack = StackedOptimizer(ones, torch.stack([row(one) for one in ones]))
    for rows in gradients:
        stack.step(rows)
    for place in range(len(ones)):
        stack.give_back(place)
    return stack.weights


def drawn_gradients(seed: int, steps: int, count: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    size = sum(torch.Size(shape).numel() for shape in SHAPES)
    return [torch.randn(count, size, generator=generator) for _ in range(steps)]


@pytest.mark.parametrize("kind", GIVEN)
@settings(max_examples=60)
@given(data=st.data(), seed=st.integers(0, 1000))
def test_a_stack_of_optimizers_is_torch_s_own(kind: type[Optimizer], data: st.DataObject, seed: int) -> None:
    decayed = st.builds(lambda one, decay: {**one, "weight_decay": decay}, GIVEN[kind], DECAYS)
    settings_of_each = data.draw(st.lists(decayed, min_size=1, max_size=4))
    own, stacked = optimizers(kind, settings_of_each), optimizers(kind, settings_of_each)
    gradients = drawn_gradients(seed, 6, len(own))
    # Some steps by themselves, so that the stack takes up what torch keeps.
    torch_steps(own, gradients)
    torch_steps(stacked, gradients[:2])
    found = stacked_steps(stacked, gradients[2:])
    wanted = torch.stack([row(one) for one in own])
    assert torch.allclose(found, wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", GIVEN)
def test_what_is_given_back_has_torch_s_form(kind: type[Optimizer]) -> None:
    given = [{"lr": 0.1}, {"lr": 0.01}] if kind is not SGD else [{"lr": 0.1}, {"lr": 0.1, "momentum": 0.9}]
    own, stacked = optimizers(kind, given), optimizers(kind, given)
    gradients = drawn_gradients(0, 3, len(own))
    torch_steps(own, gradients)
    stacked_steps(stacked, gradients)
    forms = [
        {at: {name: (kept.shape, kept.dtype) for name, kept in state.items()} for at, state in states.items()}
        for states in (one.state_dict()["state"] for one in (*own, *stacked))
    ]
    assert forms[:2] == forms[2:]


@pytest.mark.parametrize("kind", GIVEN)
def test_torch_goes_on_where_a_stack_ended(kind: type[Optimizer]) -> None:
    own, stacked = optimizers(kind, [{"lr": 0.01}] * 2), optimizers(kind, [{"lr": 0.01}] * 2)
    gradients = drawn_gradients(0, 6, 2)
    torch_steps(own, gradients)
    rows = stacked_steps(stacked, gradients[:3])
    for one, found in zip(stacked, rows, strict=True):
        parts = found.split([each.numel() for each in weights(one)])
        for each, part in zip(weights(one), parts, strict=True):
            each.copy_(part.view_as(each))
    torch_steps(stacked, gradients[3:])
    assert torch.allclose(row(stacked[1]), row(own[1]), atol=1e-6)


def test_a_rate_that_changes_counts_from_the_next_step_on() -> None:
    own, stacked = optimizers(SGD, [{"lr": 0.1}] * 2), optimizers(SGD, [{"lr": 0.1}] * 2)
    (gradients,) = drawn_gradients(0, 1, 2)
    stack = StackedOptimizer(stacked, torch.stack([row(one) for one in stacked]))
    for rate in (0.1, 0.5):
        own[1].param_groups[0]["lr"] = stacked[1].param_groups[0]["lr"] = rate
        torch_steps(own, [gradients])
        stack.step(gradients)
    assert torch.allclose(stack.weights[1], row(own[1]), atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        (SGD, {"momentum": 0.9, "nesterov": True}, "SGD with nesterov cannot"),
        (SGD, {"momentum": 0.9, "dampening": 0.1}, "SGD with dampening cannot"),
        (Adam, {"amsgrad": True}, "Adam with amsgrad cannot"),
        (Adam, {"maximize": True}, "Adam with maximize cannot"),
        (Adam, {"fused": True}, "Adam with fused cannot"),
        (RMSprop, {"centered": True}, "RMSprop with centered cannot"),
        (RMSprop, {"momentum": 0.5}, "RMSprop with momentum cannot"),
        (SGD, {"lr": torch.tensor(0.1)}, "SGD with lr as a tensor cannot"),
        (torch.optim.Adagrad, {}, "Adagrad cannot train in lockstep, only SGD, Adam, AdamW, RMSprop"),
    ],
)
def test_what_is_not_stacked_is_refused(kind: Any, given: dict[str, Any], message: str) -> None:
    (one,) = optimizers(kind, [given])
    with pytest.raises(ValueError, match=message):
        check(one)


def test_several_groups_of_parameters_are_refused() -> None:
    one = SGD([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)]}], lr=0.1)
    with pytest.raises(ValueError, match="has 2 groups of parameters"):
        check(one)


def test_optimizers_of_two_kinds_are_refused() -> None:
    ones = [*optimizers(SGD, [{}]), *optimizers(Adam, [{}])]
    with pytest.raises(ValueError, match="Adam and SGD cannot train in lockstep"):
        StackedOptimizer(ones, torch.stack([row(one) for one in ones]))
