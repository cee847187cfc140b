"""What a network is made of, counted on the built network: the table that `torchsummary` prints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

BYTES_PER_NUMBER = 4
MB = 2**20  # as torchsummary counts it


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a network."""

    name: str  # kind and place, as `conv2d_1`
    shape: tuple[int, ...]  # of what it gives for one picture
    parameters: int

    @property
    def outputs(self) -> int:
        """How many numbers it gives for one picture."""
        return math.prod(self.shape)


def layers(net: nn.Module, shape: tuple[int, int, int]) -> list[Layer]:
    """Return the layers in the order in which one picture of this shape (C, H, W) passes them.

    A `Flatten` gives no new numbers and is none of them.
    """
    found: list[Layer] = []

    def note(module: nn.Module, _given: object, output: Tensor) -> None:
        name = f"{type(module).__name__.lower()}_{len(found) + 1}"
        parameters = sum(parameter.numel() for parameter in module.parameters())
        found.append(Layer(name, tuple(output[0].shape), parameters))

    leaves = [module for module in net.modules() if not list(module.children())]
    _watch(net, [leaf for leaf in leaves if not isinstance(leaf, nn.Flatten)], shape, note)
    return found


def count_rows(net: nn.Module, shape: tuple[int, int, int]) -> int:
    """Count as `torchsummary` does: every module that is called, blocks too, but no plain sequence."""
    called: list[nn.Module] = []
    plain = (nn.Sequential, nn.ModuleList)
    counted = [module for module in net.modules() if module is not net and not isinstance(module, plain)]
    _watch(net, counted, shape, lambda module, _given, _output: called.append(module))
    return len(called)


def describe(net: nn.Module, shape: tuple[int, int, int]) -> dict[str, float]:
    """Return outputs and parameters of every layer and in all, and the memory for one picture in MB.

    `NAME_output_1` and so on are the shape of a layer's outputs, and `NAME_outputs` is how many these are.
    `memory_passes` holds every output and its gradient.
    """
    found = layers(net, shape)
    metrics: dict[str, float] = {}
    for layer in found:
        metrics |= {f"{layer.name}_output_{place}": size for place, size in enumerate(layer.shape, 1)}
        metrics |= {f"{layer.name}_outputs": layer.outputs, f"{layer.name}_parameters": layer.parameters}
    counts = [(parameter.numel(), parameter.requires_grad) for parameter in net.parameters()]
    parameters = sum(count for count, _ in counts)
    trainable = sum(count for count, trained in counts if trained)
    outputs = sum(layer.outputs for layer in found)
    numbers = {
        "memory_input": shape[0] * shape[1] * shape[2],
        "memory_passes": 2 * outputs,
        "memory_parameters": parameters,
    }
    memory = {name: count * BYTES_PER_NUMBER / MB for name, count in numbers.items()}
    return {
        **metrics,
        "total_outputs": outputs,
        "total_parameters": parameters,
        "trainable_parameters": trainable,
        "frozen_parameters": parameters - trainable,
        **memory,
        "memory_total": sum(memory.values()),
    }


def _watch(
    net: nn.Module,
    modules: Sequence[nn.Module],
    shape: tuple[int, int, int],
    note: Callable[[nn.Module, object, Tensor], None],
) -> None:
    """Show the network one black picture, and take note of what some of its modules answer."""
    hooks = [module.register_forward_hook(note) for module in modules]
    training = net.training
    with torch.no_grad():
        net.eval()(torch.zeros(1, *shape, device=next(net.parameters()).device))
    net.train(training)
    for hook in hooks:
        hook.remove()
