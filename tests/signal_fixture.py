"""Signals of this program, which may be a worker or a runner for a moment."""

import signal
from collections.abc import Iterator

import pytest

from orchestrator.engine.runner import STOP_SIGNALS


@pytest.fixture
def signals_put_back() -> Iterator[None]:
    """Let stop signals do afterwards what they did before."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
