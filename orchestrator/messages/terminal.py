"""The terminal: data to standard output, talk to standard error."""

from __future__ import annotations

import codecs
import io
import json
import re
import sys
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from orchestrator.messages.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.text import Text

_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1: colours, the cursor, the title of the window
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of writing
    r"\ud800-\udfff]"  # bytes of a file's name that are no UTF-8
)


def plain(text: str) -> str:
    """Return a text without the signs that would steer a terminal: messages quote what others wrote."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def readable(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield what a program wrote, cut anywhere, as a terminal may show it; a line for each `\\r` of a bar."""
    utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
    decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
    for piece in pieces:
        yield plain(decoder.decode(piece))
    yield plain(decoder.decode(b"", final=True))


def say(text: str) -> None:
    """Talk to the person: standard error; where nobody can be reached there, the work goes on."""
    try:
        typer.echo(plain(text), err=True)
    except OSError:
        sys.stderr = _nowhere()


def tell(text: str) -> None:
    """Print a text to standard output."""
    with printing():
        typer.echo(plain(text))


@contextmanager
def printing() -> Iterator[None]:
    """Print to standard output; a reader that has seen enough (`| head`) is no failure.

    Raises OutputError where the output cannot be written.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = _nowhere()
    except OSError as error:
        sys.stdout = _nowhere()
        raise OutputError(
            f"the output cannot be written: {error.strerror}",
            hint="make room where standard output goes, or send it elsewhere",
        ) from error


def _nowhere() -> io.TextIOWrapper:
    """Return a stream for what nobody reads."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def stamp(text: str) -> None:
    """Write a line with the time to standard error: a worker's own log, which may lie on a full disk."""
    with suppress(OSError):
        sys.stderr.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {plain(text)}\n")
        sys.stderr.flush()


def give(values: Any) -> None:
    """Give data: standard output."""
    with printing():
        typer.echo(json.dumps(values, indent=1))


def show(renderable: Any, width: int = 160) -> None:
    """Print a table to standard output; `width` counts where that is no terminal."""
    from rich.console import Console

    drawn, to_person = io.StringIO(), sys.stdout.isatty()
    Console(file=drawn, force_terminal=to_person, width=None if to_person else width).print(renderable)
    with printing():  # rich itself would end the program for a reader that has gone
        typer.echo(drawn.getvalue(), nl=False)


def show_lines(lines: Sequence[Text]) -> None:
    """Print lines with their styles to standard output, as long as they are."""
    from rich.console import Console

    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=sys.stdout.isatty())
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
    with printing():
        typer.echo(drawn.getvalue(), nl=False)
