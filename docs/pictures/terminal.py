"""What a terminal shows of a command that is typed in it, as an SVG that needs no network."""

from __future__ import annotations

import io
import shlex
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from docs.pictures.workshop import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

COLUMNS, ROWS = 80, 24
PATIENCE_S = 600
_FONTS = '"DejaVu Sans Mono", ui-monospace, Menlo, Consolas, "Liberation Mono", monospace'
_SETTINGS = """
set -g default-terminal xterm-256color
set -g status off
set -g history-limit 2000
"""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of tmux, with a command typed in it."""

    socket: Path

    def screen(self, *, all_lines: bool = False) -> str:
        """Return what it shows, with colours; with all that has left it at the top, where that is wanted."""
        start = ("-S", "-") if all_lines else ()
        return self._tmux("capture-pane", "-p", "-e", *start).rstrip("\n")

    def ended(self) -> bool:
        """Whether the command has ended."""
        return self.socket.with_suffix(".ended").exists()

    def wait(self, what: Callable[[], object]) -> None:
        """Wait until something is so, or the command has ended; TimeoutError where neither comes."""
        patience = time.monotonic() + PATIENCE_S
        while not (what() or self.ended()):
            if time.monotonic() > patience:
                raise TimeoutError(f"nothing comes of what was typed:\n{self.screen()}")
            time.sleep(0.2)

    def interrupt(self) -> None:
        """Type Ctrl-C."""
        self._tmux("send-keys", "C-c")

    def close(self) -> None:
        """End it, with what runs in it."""
        self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self.socket), *words], capture_output=True, text=True, check=True
        )
        return done.stdout


@contextmanager
def typed(
    words: Sequence[str], folder: Path, own: Path | None = None, variables: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Give a terminal in which a command is typed in a folder; its own files lie in another one, `own`."""
    socket = (own or folder) / "tmux.socket"
    socket.with_suffix(".conf").write_text(_SETTINGS)
    ended = socket.with_suffix(".ended")
    ended.unlink(missing_ok=True)
    command = shlex.join(words)
    script = (
        f"trap : INT; printf '$ %s\\n' {shlex.quote(command)}; {command};"
        f" touch {shlex.quote(str(ended))}; exec sleep {PATIENCE_S}"
    )
    subprocess.run(
        [
            *("tmux", "-u", "-S", str(socket), "-f", str(socket.with_suffix(".conf"))),
            *("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "sh", "-c", script),
        ],
        cwd=folder,
        env={**environment(), **(variables or {}), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        check=True,
    )
    terminal = Terminal(socket)
    try:
        yield terminal
    finally:
        terminal.close()


def printed(words: Sequence[str], folder: Path) -> str:
    """Return all that a command prints to a terminal."""
    with typed(words, folder) as terminal:
        terminal.wait(terminal.ended)
        return terminal.screen(all_lines=True)


def svg(screen: str, name: str) -> str:
    """Return a picture of a screen: text that can be marked, in fonts of who looks at it."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen), soft_wrap=True, end="")
    return console.export_svg(title="", code_format=_without_web_fonts(), unique_id=name)


def _without_web_fonts() -> str:
    """Return rich's template without the fonts that it would load."""
    before, _, rest = CONSOLE_SVG_FORMAT.partition("    @font-face")
    rules = rest[rest.index("    .{unique_id}-matrix") :]
    return before + rules.replace("Fira Code, monospace", _FONTS)
