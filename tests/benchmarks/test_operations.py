"""What one trial costs in file operations: how they are counted, and that nobody makes them more unawares."""

from pathlib import Path

import pytest

from benchmarks.operations import PER_TRIAL, as_written, count_calls, operations_per_trial, why_not

RUNS = Path("/runs")


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ('7  openat(AT_FDCWD</code>, "/runs/a", O_RDONLY) = 3</runs/a>', {"open": 1}),
        ('7  openat(AT_FDCWD</runs/code>, "/usr/lib/x.py", O_RDONLY) = 3', {}),
        ('7  openat(AT_FDCWD</runs/code>, "a", O_RDONLY <unfinished ...>', {"open": 1}),
        ("7  <... openat resumed>) = 3</runs/a>", {}),
        ('7  newfstatat(3</runs/a>, "", {st_mode=S_IFREG|0644, ...}, AT_EMPTY_PATH) = 0', {}),
        ('7  newfstatat(AT_FDCWD</x>, "/runs/a", 0x7ff, 0) = -1 ENOENT (No such file)', {"stat": 1}),
        ('7  mkdir("/runs/a", 0777) = -1 EEXIST (File exists)', {"mkdir": 1}),
        ('7  link("/elsewhere/a", "/runs/b") = 0', {"link": 1}),
        ('7  rename("/runs-too/a", "/runs-too/b") = 0', {}),
        ('7  unlinkat(4</runs/work>, "data", 0) = 0', {"unlink": 1}),
        ("7  fsync(5</runs/a>) = 0", {"fsync": 1}),
        ("7  fsync(5</elsewhere>) = 0", {}),
        ("7  clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 8", {"fork": 1}),
        ("7  clone3({flags=CLONE_VM|CLONE_THREAD|CLONE_FS}, 88) = 9", {}),
        ("7  +++ exited with 0 +++", {}),
    ],
)
def test_a_call_counts_once_in_its_class(line: str, counted: dict[str, int]) -> None:
    assert +count_calls([line], RUNS) == counted


def test_the_table_to_be_written_is_that_of_the_file() -> None:
    source = Path(count_calls.__code__.co_filename).read_text(encoding="utf-8")

    assert as_written(PER_TRIAL) in source


@pytest.mark.slow
def test_a_trial_costs_what_the_table_says() -> None:
    if reason := why_not():
        pytest.skip(f"NOT TESTED, what a trial costs in file operations: {reason}")
    counted = operations_per_trial()

    assert {name: counted[name] for name in PER_TRIAL} == PER_TRIAL, (
        f"a trial costs other file operations; if that is meant, write into benchmarks/operations.py:\n"
        f"{as_written(counted)}"
    )
