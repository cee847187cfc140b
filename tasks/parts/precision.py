"""In which numbers networks compute: 32 bits as in the papers, or what newer GPUs are much faster in.

    precision.set_tf32(params)                          # first of all, for the whole process
    net = precision.prepare(Net(), params)              # before its first use
    loop = Loop(model=net, ..., amp=params.amp)         # scales the gradients of fp16
    torch.optim.SGD(..., fused=params.fused or None)    # None: torch's own choice

Weights, gradients and sums of an optimizer stay in 32 bits, and so does what a network answers: losses and
metrics are computed from that as ever. A checkpoint has the same names, whatever is compiled.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from tasks.parts.params import PrecisionParams

    M = TypeVar("M", bound=nn.Module)

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


def set_tf32(params: PrecisionParams) -> None:
    """Allow or forbid TF32 in this process: torch itself would allow it for convolutions alone."""
    wanted = "tf32" if params.tf32 else "ieee"
    torch.backends.cuda.matmul.fp32_precision = wanted
    torch.backends.cudnn.conv.fp32_precision = wanted  # type: ignore[attr-defined]  # set at import


def prepare(network: M, params: PrecisionParams) -> M:
    """Return a network that computes as it is asked to, itself: it is changed in place.

    It maps one tensor to one, which is float32 whatever it was computed in.
    """
    if params.channels_last:
        network.to(memory_format=torch.channels_last)
    if params.amp != "off":
        # In the place of the method, so that names of weights and what is called stay as they are.
        network.forward = _cast(network.forward, DTYPES[params.amp])
    if params.compile:
        network.compile()
    return network


def name(params: PrecisionParams) -> str:
    """Return a word for what changes the numbers that come out, empty for 32 bits throughout."""
    return " ".join(([] if params.amp == "off" else [params.amp]) + ["tf32"] * params.tf32)


def is_compiled(network: nn.Module) -> bool:
    """Tell whether a network was compiled by `prepare`."""
    return network._compiled_call_impl is not None


def _cast(forward: Callable[..., Any], dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
    @functools.wraps(forward)
    def answer(given: Tensor) -> Tensor:
        with torch.autocast(given.device.type, dtype=dtype):
            found: Tensor = forward(given)
        return found.float()

    return answer
