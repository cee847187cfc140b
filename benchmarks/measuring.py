"""Run a program, and say how long it took and how much memory it and its offspring held at most."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_SAMPLE_S = 0.1
_REST = 20
"""So much longer than looking takes is the pause after it: what is measured has the cores to itself."""
_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Measured:
    """What a program took, and what it said."""

    seconds: float
    """Of the wall clock, from its start to its end."""
    megabytes: float
    """At most, see `Family`."""
    code: int
    """How it ended."""
    out: str
    err: str


class Family:
    """A program and all that it has started, also what outlives the one that started it.

    Memory is the sum of the proportional shares (PSS of /proc/*/smaps_rollup) of all members at one moment:
    a page that a worker shares with its runners counts once. It is looked at ten times a second at most,
    so a peak that is shorter may be missed. What the kernel keeps exactly (`ru_maxrss`) is no help: it begins
    with what the program held that started the command.
    """

    def __init__(self, first: int) -> None:
        self._members = {psutil.Process(first)}
        self.most = 0

    def look(self) -> None:
        """Find the members that live and add up what they hold."""
        children: defaultdict[int, list[psutil.Process]] = defaultdict(list)
        for program in psutil.process_iter(["ppid"]):
            children[program.info["ppid"]].append(program)
        found: set[psutil.Process] = set()
        left = [member for member in self._members if member.is_running()]
        while left:
            member = left.pop()
            if member not in found:
                found.add(member)
                left += children[member.pid]
        self._members = found
        self.most = max(self.most, sum(map(_share, found)))


def _share(program: psutil.Process) -> int:
    try:
        return int(program.memory_full_info().pss)
    except (psutil.Error, OSError):  # it has just ended
        return 0


def measure(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    meanwhile: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
) -> Measured:
    """Run a command to its end; `meanwhile` is called again and again with the program."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        program = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        family, ended = Family(program.pid), os.pidfd_open(program.pid)
        try:
            _wait(ended, family, lambda: meanwhile(program))
        except BaseException:  # Ctrl-C: nothing that is measured outlives the benchmark
            program.terminate()
            program.wait()
            raise
        seconds = time.perf_counter() - began
        os.close(ended)
        _, status = os.waitpid(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return Measured(seconds, family.most / _MB, program.returncode, *texts)


def _wait(ended: int, family: Family, meanwhile: Callable[[], None]) -> None:
    """Look at a family until its first program has ended."""
    pause = _SAMPLE_S
    while not select.select([ended], [], [], pause)[0]:
        looked = time.thread_time()
        family.look()
        meanwhile()
        pause = max(_SAMPLE_S, _REST * (time.thread_time() - looked))


def must(measured: Measured, codes: Sequence[int] = (0,)) -> Measured:
    """Return what was measured; end the benchmark when the program did not end as it should."""
    if measured.code not in codes:
        raise SystemExit(
            f"exit code {measured.code} instead of {codes}:\n{measured.out}{measured.err}"[-4000:]
        )
    return measured
