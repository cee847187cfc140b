import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.messages.terminal import give, plain, readable, say, stamp, tell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[2J", "\N{REPLACEMENT CHARACTER}[2J"),
        ("\x9b", "\N{REPLACEMENT CHARACTER}"),
        ("\u202ecba", "\N{REPLACEMENT CHARACTER}cba"),
        ("a\u2066b\u200f", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
        ("n\udce4me", "n\N{REPLACEMENT CHARACTER}me"),
    ],
)
def test_signs_that_would_steer_a_terminal_are_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_a_program_wrote_is_readable_wherever_it_is_cut(size: int) -> None:
    written = "10 %\r20 %\r\ngrüße \N{SNOWMAN}\x1b[31m\n".encode() + b"\xff\xe2"
    pieces = [written[start : start + size] for start in range(0, len(written), size)]

    strange = "\N{REPLACEMENT CHARACTER}"
    assert "".join(readable(pieces)) == f"10 %\n20 %\ngrüße \N{SNOWMAN}{strange}[31m\n{strange}{strange}"


def test_talk_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    say("hello")

    assert capsys.readouterr() == ("", "hello\n")


def test_texts_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    tell("hello")

    assert capsys.readouterr() == ("hello\n", "")


def test_data_is_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    give({"lr": [0.1]})

    assert json.loads(capsys.readouterr().out) == {"lr": [0.1]}


def test_a_stamp_begins_with_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    stamp("hello")

    assert capsys.readouterr().err[4:].endswith(" hello\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_does_not_end_a_worker() -> None:
    program = "from orchestrator.messages.terminal import stamp; stamp('hello'); print('went on')"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=full, text=True, check=False
        )

    assert done.stdout == "went on\n"


def typed(program: str, **streams: Any) -> "subprocess.CompletedProcess[str]":
    """Run a program that prints, standard output going elsewhere."""
    return subprocess.run(
        [sys.executable, "-c", f"from orchestrator.messages.terminal import *\n{program}"],
        text=True,
        check=False,
        **{"stderr": subprocess.PIPE, **streams},
    )


@pytest.mark.parametrize("print_", ["tell('hello')", "give(1)", "show('hello')"])
def test_a_reader_that_has_gone_is_no_failure(print_: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = typed(f"{print_}; {print_}; say('went on')", stdout=writing)
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, "went on\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("print_", ["tell('hello')", "give(1)", "show('hello')"])
def test_output_that_cannot_be_written_is_told_as_such(print_: str) -> None:
    program = f"try:\n {print_}\nexcept OutputError as error:\n say(str(error))"
    with Path("/dev/full").open("wb") as full:
        done = typed(program, stdout=full)

    expected = "the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (0, expected)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_work_goes_on_where_nobody_can_be_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = typed("say('hello'); say('hello'); tell('went on')", stdout=subprocess.PIPE, stderr=full)

    assert (done.returncode, done.stdout) == (0, "went on\n")
