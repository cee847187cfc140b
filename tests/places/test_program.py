import os
import subprocess
import sys

import pytest

from orchestrator.places.program import is_alive, pid_of, program_name


def test_a_program_that_is_gone_is_not_alive() -> None:
    program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = program_name(program.pid)
    before = is_alive(name)
    program.communicate()

    assert (before, is_alive(name)) == (True, False)


def test_a_program_that_was_gone_when_it_was_named_is_dead() -> None:
    assert is_alive(program_name(2**22)) is False  # numbers of programs are below


def test_a_number_that_was_used_before_is_another_program() -> None:
    name = program_name(os.getpid())

    assert is_alive(name[:-1] + str((int(name[-1]) + 1) % 10)) is False


def test_nobody_can_tell_of_another_machine() -> None:
    name = f"local:elsewhere:{os.getpid()}:1"

    assert (is_alive(name), pid_of(name)) == (None, None)


@pytest.mark.parametrize("name", ["", "slurm:1", "local:h:1", "local:h:$(x):1", "local:h:1:1\n"])
def test_what_names_no_program_is_not_alive(name: str) -> None:
    assert is_alive(name) is False


def test_the_number_of_this_program() -> None:
    assert pid_of(program_name(os.getpid())) == os.getpid()
