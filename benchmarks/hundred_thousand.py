"""A study of 100,000 trials, of which 1,000 are run: planned, begun, stopped with Ctrl-C, looked at."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import psutil

from benchmarks.measuring import Measured, measure, must
from benchmarks.studies import environment, grid, write_project

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

TRIALS, SEEDS, RESULTS, WORKERS = 100_000, 100, 1_000, 2
INTERRUPTED = 130
"""Exit code of a program that was ended by Ctrl-C."""


class CtrlC:
    """Ctrl-C to a submit, once there are so many results."""

    def __init__(self, results: Callable[[], int], enough: int) -> None:
        self._results = results
        self._enough = enough
        self._began = time.perf_counter()
        self.pressed = 0.0
        """Seconds after which it was."""

    def __call__(self, program: subprocess.Popen[bytes]) -> None:
        """Look, and press it when it is time."""
        if not self.pressed and self._results() >= self._enough:
            self.pressed = time.perf_counter() - self._began
            program.send_signal(signal.SIGINT)


def hundred_thousand(
    place: Path, say: Callable[[str], None], trials: int = TRIALS, results: int = RESULTS
) -> dict[str, float]:
    """Return the numbers by their words; end the benchmark when the stop leaves anything behind."""
    # of 1,000 values and 100 seeds: a file with an axis of 100,000 values is refused
    project = write_project(place, grid("trial_noop", trials, WORKERS, SEEDS))

    def typed(verb: str, *words: str) -> Measured:
        measured = must(measure(project.command(verb, *words), project.folder, environment()))
        say(f"{verb} took {measured.seconds:.0f} s")
        return measured

    planned = typed("plan")
    ctrl_c = CtrlC(project.results, results)
    command = project.command("submit")
    submitted = must(measure(command, project.folder, environment(), ctrl_c), (INTERRUPTED,))
    say(f"submit took {submitted.seconds:.0f} s")
    if not ctrl_c.pressed:
        raise SystemExit(f"submit ended after {project.results()} results, before Ctrl-C: {submitted.err}")
    status, told = typed("status"), typed("status", "--json")
    _is_clean(json.loads(told.out)["states"], project.runs)
    return {
        "plan, s": planned.seconds,
        "plan, MB": planned.megabytes,
        f"submit to {results:,} results, s": ctrl_c.pressed,
        "submit, MB": submitted.megabytes,
        "from Ctrl-C to the end, s": submitted.seconds - ctrl_c.pressed,
        "results by then": project.results(),
        "status, s": status.seconds,
        "status, MB": status.megabytes,
        "status --json, s": told.seconds,
        "status --json, MB": told.megabytes,
    }


def _is_clean(states: dict[str, int], runs: Path) -> None:
    """End the benchmark unless nothing runs any more and nothing was lost or failed."""
    if wrong := {state: count for state, count in states.items() if state not in {"DONE", "READY"}}:
        raise SystemExit(f"after Ctrl-C there are trials that are {wrong}")
    left = [program for program in psutil.process_iter(["cmdline"]) if _names(program, runs)]
    if left:
        raise SystemExit(f"after Ctrl-C these programs are left: {left}")


def _names(program: psutil.Process, runs: Path) -> bool:
    return any(word.startswith(str(runs)) for word in program.info["cmdline"] or ())
