"""A worker has the use of its GPUs measured while a trial runs, by a program that it never waits for.

What was measured lies in a file in memory, whose name the trial's runner finds in its environment and whose
content it puts into the result: so the result has one writer, and whoever reads one reads all of it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.edges import gpu_meter
from orchestrator.engine.edges.trial_processes import MARK
from orchestrator.evidence.edges.provenance import METER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.engine.worker import Worker

_GONE_S = 0.5
"""So long one that is killed is waited for; a driver that hangs may hold it longer."""


class GpuMeter:
    """Measures how one attempt uses the GPUs of its worker; made before the runner is started."""

    def __init__(self, worker: Worker) -> None:
        self._worker, self._board = worker, -1
        os.environ.pop(METER, None)
        if worker.shape.gpus and worker.gpus_measured:
            with contextlib.suppress(OSError):
                self._board = os.memfd_create("gpu-use")
                os.environ[METER] = f"/proc/{os.getpid()}/fd/{self._board}"

    @contextlib.contextmanager
    def on(self, runner: int, attempt: Path) -> Iterator[None]:
        """Measure meanwhile; nothing that goes wrong with that is told to the trial."""
        if self._board < 0:
            yield
            return
        program = self._start(runner, attempt)
        try:
            yield
        finally:
            os.environ.pop(METER, None)
            os.close(self._board)
            if program is not None:
                self._end(program)

    def _start(self, runner: int, attempt: Path) -> subprocess.Popen[bytes] | None:
        file = str(Path(gpu_meter.__file__).resolve())
        given = [os.getpid(), runner, f"{MARK}={attempt}", self._worker.shape.gpus]
        with contextlib.suppress(OSError):
            return subprocess.Popen(
                [sys.executable, "-IS", file, *map(str, given)],
                stdin=subprocess.DEVNULL,
                stdout=self._board,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        return None

    def _end(self, program: subprocess.Popen[bytes]) -> None:
        self._worker.gpus_measured = program.poll() != gpu_meter.NO_LIBRARY
        program.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(_GONE_S)
