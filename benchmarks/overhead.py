"""Wall time per trial beside submitit's `map_array`, in one run on the same machine.

    python benchmarks/overhead.py [--trials 100] [--cluster dev]

A row is a trial that does nothing, or one that only imports torch and torchvision. Both sides may use the
same number of jobs at once; times are from submit to the last result. Every submitit task of the second row
pays the whole import, so it gets fewer of them (`--import-trials`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import submitit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.studies import ROOT, Project, grid

if TYPE_CHECKING:
    from collections.abc import Callable


def noop(index: int) -> float:
    """Do nothing."""
    return float(index)


def imports(index: int) -> float:
    """Import what a training imports."""
    import torch
    import torchvision

    return float(bool(torch.__version__ and torchvision.__version__)) + index


def submitit_seconds(function: Callable[[int], float], trials: int, cluster: str, jobs: int) -> float:
    """Return the wall time of one map_array on a cluster (`slurm` or `local`)."""
    folder = Path(tempfile.mkdtemp(prefix="overhead-"))
    executor = submitit.AutoExecutor(folder=folder, cluster=cluster)
    executor.update_parameters(timeout_min=60, cpus_per_task=1, mem_gb=1, slurm_array_parallelism=jobs)
    began = time.perf_counter()
    for batch in range(0, trials, jobs if cluster == "local" else 64):
        size = min(jobs if cluster == "local" else 64, trials - batch)
        for job in executor.map_array(function, range(batch, batch + size)):
            _wait(job)
    took = time.perf_counter() - began
    shutil.rmtree(folder)
    return took


def _wait(job: submitit.Job[float]) -> None:
    """Look for the result file: submitit's own wait asks sacct every ten minutes."""
    while not job.paths.result_pickle.exists():
        time.sleep(0.05)


def orchestrator_seconds(task: str, trials: int, cluster: str, jobs: int) -> float:
    """Return the wall time of a study with as many trials, from submit to its last result."""
    folder = Path(tempfile.mkdtemp(prefix="overhead-"))
    project = Project(ROOT, folder / "study.yaml", folder / "runs")
    project.file.write_text(json.dumps(grid(task, trials, jobs)), encoding="utf-8")
    began = time.perf_counter()
    subprocess.run(
        project.command("submit", "--cluster", cluster),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while project.results() < trials:
        time.sleep(0.05)
    took = time.perf_counter() - began
    time.sleep(3)  # workers say goodbye before their folder goes
    shutil.rmtree(folder)
    return took


def main() -> None:
    """Measure and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--import-trials", type=int, default=12, help="of submitit, for the second row")
    parser.add_argument(
        "--jobs", type=int, default=len(os.sched_getaffinity(0)), help="jobs at once, both sides"
    )
    parser.add_argument("--cluster", help="also on this Slurm profile, for instance dev")
    options = parser.parse_args()
    print("| place | trial | submitit, trials | s/trial | here, trials | s/trial | ratio |")
    print("|---|---|--:|--:|--:|--:|--:|")
    places = [("local", "local")] + ([(options.cluster, "slurm")] if options.cluster else [])
    for profile, theirs in places:
        for function, task in ((noop, "benchmarks.trial_noop"), (imports, "benchmarks.trial_imports")):
            count = options.trials if function is noop else options.import_trials
            other = submitit_seconds(function, count, theirs, options.jobs) / count
            mine = orchestrator_seconds(task, options.trials, profile, options.jobs) / options.trials
            name = "no-op" if function is noop else "imports torch, torchvision"
            print(
                f"| {profile} | {name} | {count} | {other:.3f} | {options.trials} | {mine:.3f} "
                f"| {other / mine:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
