"""What a library leaves alone: the program that calls it, which may be the kernel of a notebook."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.files.strangers import bar_strangers

if TYPE_CHECKING:
    from collections.abc import Iterator

_INLINE = "module://"
"""How `MPLBACKEND` begins in a kernel, whose pictures go to its notebook: a worker has none."""
_KERNEL = "JPY_"
"""How the variables begin by which a kernel knows the program that it belongs to."""


@contextmanager
def undisturbed(*, starting: bool = False) -> Iterator[None]:
    """Work as the command line does, and leave umask and environment as they were.

    With `starting` workers may be started, which do not inherit what a kernel has set for itself alone.
    """
    umask = os.umask(0o077)
    os.umask(umask)
    names = [name for name, value in os.environ.items() if starting and _is_of_a_kernel(name, value)]
    hidden = {name: os.environ.pop(name) for name in names}
    bar_strangers()
    try:
        yield
    finally:
        os.umask(umask)
        os.environ.update(hidden)


def _is_of_a_kernel(name: str, value: str) -> bool:
    return name.startswith(_KERNEL) or (name == "MPLBACKEND" and value.startswith(_INLINE))
