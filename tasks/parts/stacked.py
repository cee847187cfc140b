"""Several models of one form as one: their weights are the rows of a matrix, and a step is one computation.

For a GPU, which waits most of the time when it is given the small steps of a small model one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value, vmap

from tasks.parts import precision, stacked_optimizers, training
from tasks.parts.stacked_optimizers import StackedOptimizer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasks.parts.lockstep import Training

    Measured = tuple[dict[str, Tensor], Tensor]


def check(one: Training) -> None:
    """Raise ValueError for a model or an optimizer whose training a stack would change."""
    model, optimizer = one.loop.model, one.loop.optimizer
    stacked_optimizers.check(optimizer)
    if one.loop.scaler.is_enabled():
        raise ValueError(
            "`amp: fp16` cannot train in lockstep, for each training scales its gradients by its own factor\n"
            "hint: write `amp: bf16`, or leave out `lockstep`"
        )
    if precision.is_compiled(model):
        raise ValueError("`compile: true` cannot train in lockstep\nhint: leave out one of both")
    if buffers := [name for name, _ in model.named_buffers()]:
        raise ValueError(
            f"a model with buffers (`{buffers[0]}`), as those of BatchNorm, cannot train in lockstep\n"
            "hint: leave out `lockstep`"
        )
    if any(isinstance(module, nn.modules.dropout._DropoutNd) for module in model.modules()):
        raise ValueError("a model with Dropout cannot train in lockstep\nhint: leave out `lockstep`")
    trained = {id(parameter) for parameter in optimizer.param_groups[0]["params"]}
    if left := [name for name, own in model.named_parameters() if id(own) not in trained]:
        raise ValueError(
            f"in lockstep the optimizer has to train all of the model, it lacks `{left[0]}`\n"
            "hint: leave out `lockstep`"
        )


class Stack:
    """K trainings as one, from where their own models, optimizers and sums stand."""

    def __init__(self, trainings: Sequence[Training]) -> None:
        self.trainings = trainings
        models = [one.loop.model for one in trainings]
        optimizers = [one.loop.optimizer for one in trainings]
        self.parameters = [optimizer.param_groups[0]["params"] for optimizer in optimizers]
        forms = {tuple((each.shape, each.dtype, each.device) for each in own) for own in self.parameters}
        if len(forms) > 1:
            raise ValueError("models of several forms cannot train in lockstep\nhint: leave out `lockstep`")
        self.weights = torch.stack([_row(own) for own in self.parameters])
        self.optimizer = StackedOptimizer(optimizers, self.weights)
        self.sums: dict[str, Tensor] = {}  # of what was recorded, float64 [K]
        self.ahead: set[int] = set()  # places whose own models lag behind
        self._views = self._by_name(models[0])
        self._measured = _Measured(models[0], trainings[0].measure)
        self._factors = [
            torch.tensor(each, dtype=self.weights.dtype).to(self.weights.device)
            for each in zip(*(one.factors for one in trainings), strict=True)
        ]

    def measure(self, rows: Sequence[Tensor]) -> Measured:
        """Return what is measured on rows of each, int64 [B]: by name float [K], and gradients [K, P]."""
        inputs, dims = self._gathered(rows)
        ways = (0, *dims, *(0 for _ in self._factors))
        gradients, (_, found) = vmap(grad_and_value(self._loss, has_aux=True), in_dims=ways)(
            self._views, *inputs, *self._factors
        )
        return found, torch.cat([gradients[name].flatten(1) for name in self._views], dim=1)

    def step(self, measured: Measured, size: int) -> None:
        """Take a step with what was measured on so many rows, and record it."""
        found, gradients = measured
        self.optimizer.step(gradients)
        for name, values in found.items():
            training.add(self.sums, name, values.double() * size)
        self.ahead = set(range(len(self.trainings)))

    def give_back(self, place: int) -> None:
        """Bring model, optimizer and sums of one training up to date."""
        if place not in self.ahead:
            return
        self.ahead.remove(place)
        parameters = self.parameters[place]
        parts = self.weights[place].split([own.numel() for own in parameters])
        with torch.no_grad():
            for own, part in zip(parameters, parts, strict=True):
                own.copy_(part.view_as(own))
        self.optimizer.give_back(place)
        for name, totals in self.sums.items():
            training.add(self.trainings[place].loop.state.sums, name, totals[place].clone())
            totals[place] = 0

    def _by_name(self, model: nn.Module) -> dict[str, Tensor]:
        """Return the weights of all under the names of the parameters, each [K, ...]: views."""
        names = {id(parameter): name for name, parameter in model.named_parameters()}
        own = self.parameters[0]
        parts = self.weights.split([each.numel() for each in own], dim=1)
        pairs = zip(own, parts, strict=True)
        return {f"model.{names[id(each)]}": part.view(-1, *each.shape) for each, part in pairs}

    def _loss(self, parameters: dict[str, Tensor], *given: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        found: dict[str, Tensor] = functional_call(self._measured, parameters, given)
        return found["loss"], found

    def _gathered(self, rows: Sequence[Tensor]) -> tuple[list[Tensor], list[int | None]]:
        """Return the inputs of all, and which are stacked: what all share is there once.

        Nothing here waits for a GPU: rows and inputs are sent to it while it computes.
        """
        alike = all(torch.equal(each, rows[0]) for each in rows[1:])
        wanted = rows[0] if alike else torch.stack(list(rows))
        columns = list(zip(*(one.inputs for one in self.trainings), strict=True))
        at = {each[0].device: wanted.to(each[0].device, non_blocking=True) for each in columns}
        inputs: list[Tensor] = []
        dims: list[int | None] = []
        for tensors in columns:
            places = at[tensors[0].device]
            shared = all(each is tensors[0] for each in tensors[1:])
            if shared:
                found = tensors[0][places]
            else:
                each = [places] * len(rows) if alike else places
                found = torch.stack([own[those] for own, those in zip(tensors, each, strict=True)])
            inputs.append(found.to(self.weights.device, non_blocking=True))
            dims.append(None if shared and alike else 0)
        return inputs, dims


class _Measured(nn.Module):
    """What is measured of a model, as a module, so that its weights can be replaced by name."""

    def __init__(self, model: nn.Module, measure: Callable[..., Tensor | dict[str, Tensor]]) -> None:
        super().__init__()
        self.model, self.measure = model, measure

    def forward(self, *given: Any) -> dict[str, Tensor]:
        return named(self.measure(self.model, *given))


def named(found: Tensor | dict[str, Tensor]) -> dict[str, Tensor]:
    """Return what was measured by name; a tensor alone is the loss."""
    return found if isinstance(found, dict) else {"loss": found}


def _row(parameters: Sequence[Tensor]) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in parameters])
