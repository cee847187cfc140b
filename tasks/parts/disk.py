"""How many bytes a trial leaves behind, from its parameters alone: what `plan` adds up.

This file imports no torch: a study is planned with it.
"""

from __future__ import annotations

FLOAT = 4

# As many checkpoints as `checkpoint.py` keeps.
CHECKPOINTS = 2


def of_training(weights: int, *, trained: int | None = None, in_loop: int | None = None, moments: int) -> int:
    """Return the bytes of a network that is written, and of the checkpoints of its training.

    A checkpoint has the weights of all that the loop was given, twice: as they are, and as they were best.
    For each that is `trained` the optimizer keeps so many moments. Both are all weights unless they are told.
    """
    looped = weights if in_loop is None else in_loop
    moved = looped if trained is None else trained
    return FLOAT * (weights + CHECKPOINTS * (2 * looped + moments * moved))


def of_squares(images: int | None, side: int, planes: int) -> int | None:
    """Return the bytes of prepared squares, a byte a pixel of each plane; None where their number is open."""
    return None if images is None else images * side**2 * planes


def convolution(inputs: int, outputs: int) -> int:
    """Return the weights and biases of a convolution of 3 by 3."""
    return outputs * (9 * inputs + 1)


def linear(inputs: int, outputs: int) -> int:
    """Return the weights and biases of a fully connected layer."""
    return outputs * (inputs + 1)
