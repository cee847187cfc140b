"""What several benchmarks ask of their command lines."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """Return a whole number from 1 on; raise what argparse tells otherwise."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from 1 on")
    return int(text)
