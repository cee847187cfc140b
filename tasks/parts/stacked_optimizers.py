"""Steps of several torch optimizers as one: their weights are the rows of a matrix, each with its own rates.

What is kept between steps is taken from torch's optimizers and given back to them, in their own form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.optim import SGD, Adam, AdamW, RMSprop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor
    from torch.optim import Optimizer

    Group = Mapping[str, Any]  # `param_groups[0]` of an optimizer
    Numbers = tuple[float, ...]

# What a stack computes otherwise, or not at all, or keeps in another form.
UNSUPPORTED = (
    "nesterov",
    "dampening",
    "amsgrad",
    "centered",
    "maximize",
    "capturable",
    "differentiable",
    "fused",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How weights change in a step."""

    averages: tuple[str, ...]  # what torch calls that which it keeps beside each weight
    counts: bool  # whether torch counts the steps
    numbers: Callable[[Group, int], Numbers]  # of one optimizer, at a step counted from 1
    step: Callable[[Tensor, Tensor, Sequence[Tensor], Sequence[Tensor]], None]  # each number: float [K, 1]


def check(optimizer: Optimizer) -> None:
    """Raise ValueError for an optimizer, or an option of one, that has no rule here."""
    kind = type(optimizer).__name__
    if type(optimizer) not in RULES:
        known = ", ".join(known.__name__ for known in RULES)
        raise ValueError(f"{kind} cannot train in lockstep, only {known}\nhint: leave out `lockstep`")
    if len(optimizer.param_groups) > 1:
        raise ValueError(
            f"this {kind} has {len(optimizer.param_groups)} groups of parameters, in lockstep it may have one"
            "\nhint: leave out `lockstep`"
        )
    (group,) = optimizer.param_groups
    given = [name for name in UNSUPPORTED if group.get(name)]
    if isinstance(optimizer, RMSprop) and group["momentum"]:
        given.append("momentum")
    given += [f"{name} as a tensor" for name, value in group.items() if isinstance(value, torch.Tensor)]
    if given:
        raise ValueError(f"{kind} with {given[0]} cannot train in lockstep\nhint: leave out `lockstep`")


class StackedOptimizer:
    """The optimizers of K trainings, all of one kind, over weights float [K, P]."""

    def __init__(self, optimizers: Sequence[Optimizer], weights: Tensor) -> None:
        for optimizer in optimizers:
            check(optimizer)
        kinds = {type(optimizer).__name__ for optimizer in optimizers}
        if len(kinds) > 1:
            raise ValueError(f"{' and '.join(sorted(kinds))} cannot train in lockstep: one kind at a time")
        self.optimizers, self.weights = optimizers, weights
        self.rule = RULES[type(optimizers[0])]
        self.averages = [torch.stack([_flat(one, name) for one in optimizers]) for name in self.rule.averages]
        self.steps = [_steps(optimizer) for optimizer in optimizers]
        self._numbers: list[Numbers] = []
        self._columns: Sequence[Tensor] = ()

    @torch.no_grad()
    def step(self, gradients: Tensor) -> None:
        """Change the weights in place. gradients: float [K, P]."""
        self.steps = [steps + 1 for steps in self.steps]
        self.rule.step(self.weights, gradients, self.averages, self._by_name())

    def give_back(self, place: int) -> None:
        """Write what is kept beside the weights of one training into its own optimizer."""
        optimizer, at = self.optimizers[place], 0
        (group,) = optimizer.param_groups
        for parameter in group["params"]:
            end = at + parameter.numel()
            kept = {
                name: rows[place, at:end].view_as(parameter).clone()
                for name, rows in zip(self.rule.averages, self.averages, strict=True)
                if name != "momentum_buffer" or group["momentum"]  # torch keeps none without momentum
            }
            if self.rule.counts:
                kept["step"] = torch.tensor(float(self.steps[place]))
            if kept:
                optimizer.state[parameter].update(kept)
            at = end
        # A schedule that has not seen the steps would warn of an epoch without any.
        optimizer._opt_called = True  # type: ignore[attr-defined]  # made by torch on the way

    def _by_name(self) -> Sequence[Tensor]:
        # Read anew at each step, for a schedule may have changed them; sent to the device if one has.
        pairs = zip(self.optimizers, self.steps, strict=True)
        numbers = [self.rule.numbers(optimizer.param_groups[0], step) for optimizer, step in pairs]
        if numbers != self._numbers:
            table = torch.tensor(numbers, dtype=self.weights.dtype)
            self._numbers = numbers
            self._columns = table.to(self.weights.device, non_blocking=True).split(1, dim=1)
        return self._columns


def _flat(optimizer: Optimizer, name: str) -> Tensor:
    """Return what an optimizer keeps under a name, float [P]; zeros before its first step."""
    parameters = optimizer.param_groups[0]["params"]
    kept = [optimizer.state[each].get(name) if each in optimizer.state else None for each in parameters]
    pairs = zip(parameters, kept, strict=True)
    return torch.cat([(torch.zeros_like(each) if own is None else own).flatten() for each, own in pairs])


def _steps(optimizer: Optimizer) -> int:
    state = optimizer.state.get(optimizer.param_groups[0]["params"][0], {})
    return int(state.get("step", 0))


def _sgd_numbers(group: Group, _step: int) -> Numbers:
    return group["weight_decay"], group["momentum"], group["lr"]


def _sgd(weights: Tensor, gradients: Tensor, averages: Sequence[Tensor], numbers: Sequence[Tensor]) -> None:
    (buffer,), (decay, momentum, rate) = averages, numbers
    buffer.mul_(momentum).add_(torch.addcmul(gradients, weights, decay))
    weights.addcmul_(buffer, rate, value=-1)


def _adam_numbers(group: Group, step: int) -> Numbers:
    (first, second), decay = group["betas"], group["weight_decay"]
    decoupled = bool(group.get("decoupled_weight_decay"))
    return (
        0.0 if decoupled else decay,
        1 - group["lr"] * decay if decoupled else 1.0,
        1 - first,
        second,
        1 - second,
        math.sqrt(1 - second**step),
        group["eps"],
        group["lr"] / (1 - first**step),
    )


def _adam(weights: Tensor, gradients: Tensor, averages: Sequence[Tensor], numbers: Sequence[Tensor]) -> None:
    mean, square = averages
    decay, shrink, new_mean, old_square, new_square, correction, eps, rate = numbers
    gradients = torch.addcmul(gradients, weights, decay)
    weights.mul_(shrink)
    mean.lerp_(gradients, new_mean)
    square.mul_(old_square).addcmul_(gradients.square(), new_square)
    weights.addcdiv_(mean * rate, square.sqrt().div_(correction).add_(eps), value=-1)


def _rmsprop_numbers(group: Group, _step: int) -> Numbers:
    return group["weight_decay"], group["alpha"], 1 - group["alpha"], group["eps"], group["lr"]


def _rmsprop(
    weights: Tensor, gradients: Tensor, averages: Sequence[Tensor], numbers: Sequence[Tensor]
) -> None:
    (square,), (decay, old, new, eps, rate) = averages, numbers
    gradients = torch.addcmul(gradients, weights, decay)
    square.mul_(old).addcmul_(gradients.square(), new)
    weights.addcdiv_(gradients * rate, square.sqrt().add_(eps), value=-1)


_ADAM = Rule(averages=("exp_avg", "exp_avg_sq"), counts=True, numbers=_adam_numbers, step=_adam)
RULES: dict[type[Optimizer], Rule] = {
    SGD: Rule(averages=("momentum_buffer",), counts=False, numbers=_sgd_numbers, step=_sgd),
    Adam: _ADAM,
    AdamW: _ADAM,
    RMSprop: Rule(averages=("square_avg",), counts=True, numbers=_rmsprop_numbers, step=_rmsprop),
}
