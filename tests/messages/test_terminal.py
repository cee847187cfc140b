import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.messages.terminal import give, plain, say, stamp, tell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[2J", "\N{REPLACEMENT CHARACTER}[2J"),
        ("\x9b", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_signs_that_would_steer_a_terminal_are_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


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
