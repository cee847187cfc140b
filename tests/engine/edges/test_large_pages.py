"""What the kernel makes of the memory of a program of its own."""

import subprocess
import sys

import pytest

from orchestrator.engine.edges.large_pages import own_memory
from tests.engine.workers import JOINS_PAGES

PROGRAM = """
import re
from pathlib import Path
from orchestrator.engine.edges.large_pages import join_pages

def large():
    return int(re.search(r"AnonHugePages: +([0-9]+)", Path("/proc/self/smaps_rollup").read_text())[1])

held = [bytes([number % 251]) * 2000 for number in range(16_000)]
before = large()
join_pages()
assert all(held[number] == bytes([number % 251]) * 2000 for number in range(16_000))
print(large() - before)
"""


@JOINS_PAGES
def test_what_a_program_holds_lies_in_large_pages_and_is_what_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert int(done.stdout) > 10_000  # of 32,000 kB


@pytest.mark.parametrize(
    "line",
    [
        "7f0000000000-7f0000800000 r--p 00000000 00:00 0 ",
        "7f0000000000-7f0000800000 rw-s 00000000 00:00 0 ",
        "7f0000000000-7f0000800000 rw-p 00001000 fe:00 77 /usr/lib/libtorch.so",
        "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 [stack]",
    ],
    ids=["not written", "shared", "of a file", "the stack"],
)
def test_other_memory_is_let_alone(line: str) -> None:
    assert not list(own_memory(line))


def test_memory_of_no_file_is_the_programs_own() -> None:
    heap = "558000000000-558000200000 rw-p 00000000 00:00 0                          [heap]"

    assert list(own_memory(heap)) == [(0x558000000000, 0x558000200000)]
