"""The terminal: data to standard output, talk to standard error."""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any

import typer

_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Return a text without the signs that would steer a terminal: messages quote what others wrote."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def say(text: str) -> None:
    """Talk to the person: standard error."""
    typer.echo(plain(text), err=True)


def tell(text: str) -> None:
    """Print a text to standard output."""
    typer.echo(plain(text))


def stamp(text: str) -> None:
    """Write a line with the time to standard error: a worker's own log, which may lie on a full disk."""
    with suppress(OSError):
        sys.stderr.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {plain(text)}\n")
        sys.stderr.flush()


def give(values: Any) -> None:
    """Give data: standard output."""
    typer.echo(json.dumps(values, indent=1))


def show(renderable: Any) -> None:
    """Print a table to standard output."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(renderable)
