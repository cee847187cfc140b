"""Following a page: its files are saved, its lines typed one after the other."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.toy_fixture import environment
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.pages import Page

Done = subprocess.CompletedProcess[str]


def save(page: Page, folder: Path) -> None:
    """Write the files of a page."""
    for name, text in page.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def follow(page: Page, folder: Path) -> list[Done]:
    """Write the files of a page, type all of its lines, and return what each said."""
    save(page, folder)
    return [type_line(line, folder) for line in page.typed]


def type_line(line: str, folder: Path) -> Done:
    """Type one line as a shell would, with the `python` of these tests."""
    return run(["bash", "-c", line.replace("python ", f"'{sys.executable}' ", 1)], folder)


def run_python(text: str, folder: Path) -> Done:
    """Run a program."""
    return run([sys.executable, "-c", text], folder)


def run(words: list[str], folder: Path) -> Done:
    """Run a command in a folder, where nobody has set anything of ours."""
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
