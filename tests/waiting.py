"""Waiting for what a test has begun: it looks again and again, and never guesses how long something takes."""

import time
from collections.abc import Callable

PATIENCE_S = 600.0
"""So long nothing lasts, however busy the machine is: what has not happened by then never will."""


def wait(what: Callable[[], object]) -> None:
    """Wait until something is so; fail when it never is."""
    patience = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.02)
