"""What `--help` shows, and how errors end."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from orchestrator.cli import VERBS, app

RUNNER = CliRunner()
COMMANDS = typer.main.get_group(app).commands


def shown(*words: str) -> str:
    """Return what is printed on a terminal of 80 columns."""
    return RUNNER.invoke(app, [*words, "--help"], env={"COLUMNS": "80"}, prog_name="orchestrator").stdout


def examples(verb: str) -> list[str]:
    return re.findall(r"^ +python -m orchestrator (.*)$", shown(verb), flags=re.MULTILINE)


def test_no_summary_is_cut() -> None:
    assert "..." not in shown().partition("Options:")[2]


@pytest.mark.parametrize("words", [(), *((verb,) for verb in COMMANDS)], ids=str)
def test_help_fits_its_columns(words: tuple[str, ...]) -> None:
    assert max(map(len, shown(*words).splitlines())) <= 80


@pytest.mark.parametrize("purpose", VERBS)
def test_a_purpose_shows_its_verbs(purpose: str) -> None:
    section = shown().partition(f"{purpose}:\n")[2].partition("\n\n")[0]

    assert [line.split()[0] for line in section.splitlines()] == [verb.__name__ for verb in VERBS[purpose]]


def test_every_verb_has_one_purpose() -> None:
    assert [verb.__name__ for verbs in VERBS.values() for verb in verbs] == list(COMMANDS)


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_examples_of_a_verb_can_be_typed(verb: str) -> None:
    typed = [shlex.split(example) for example in examples(verb)]

    assert typed
    for name, *words in typed:
        assert name == verb
        COMMANDS[verb].make_context(verb, words)  # raises for an option that there is not


def end_of(words: str, redirection: str, **environment: str) -> tuple[int, str]:
    """Return the exit code of a command, typed in a shell, and what it says on standard error."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m orchestrator {words} {redirection}', sys.executable],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", ["plan grids/elfw_search.yaml", "--help"])
def test_closed_streams_are_no_failure(words: str) -> None:
    assert end_of(words, "<&- >&- 2>&-") == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_under_standard_output_is_told() -> None:
    code, told = end_of("plan grids/elfw_search.yaml --json", ">/dev/full")

    assert code == 1
    assert told.endswith(
        "error: the output cannot be written: No space left on device\n"
        "hint: make room where standard output goes, or send it elsewhere\n"
    )


def test_a_terminal_that_lacks_letters_gets_others() -> None:
    code, told = end_of("status -- ☃", ">/dev/null", PYTHONIOENCODING="latin-1:strict")

    assert code == 2
    assert told.startswith("error: no study `?`")
