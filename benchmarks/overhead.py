"""Wall time per trial beside submitit's `map_array` and Hydra's submitit launcher, in one run.

    python benchmarks/overhead.py [--trials 100] [--cluster dev] [--hydra FOLDER]

A trial does nothing, or only imports torch and torchvision. Every tool may use the same number of jobs at
once; times are from its start to the last result. Every task of the other tools pays the whole import, so
they get fewer of those (`--import-trials`). What is more than an array of the cluster may hold (64 on `dev`)
they are given one array after the other; here that is the engine's own business. Hydra is no dependency:
`--hydra` names a folder that `pip install --target FOLDER hydra-core hydra-submitit-launcher` has filled.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import submitit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.arguments import positive
from benchmarks.studies import ROOT, Project, grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LOOK_S = 0.05
_HYDRA_RESULTS = ".submitit/*/*_result.pkl"
_CHECK = """
import pickle, sys
for file in sys.argv[1:]:
    how, given = pickle.load(open(file, "rb"))
    assert how == "success", given
    given.return_value
"""
"""Raises what a trial of Hydra's has raised: a failure is fast."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a trial does, for each of the tools."""

    name: str
    task: str
    function: Callable[[int], float]
    imports: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where trials run, and how many at once."""

    profile: str
    submitit: str
    jobs: int
    batch: int
    """So many the other tools may be given at once."""


def noop(index: int) -> float:
    """Do nothing."""
    return float(index)


def imports(index: int) -> float:
    """Import what a training imports."""
    import torch
    import torchvision

    return float(bool(torch.__version__ and torchvision.__version__)) + index


WORK = (
    Work("no-op", "benchmarks.trial_noop", noop, imports=False),
    Work("imports torch, torchvision", "benchmarks.trial_imports", imports, imports=True),
)


def submitit_seconds(work: Work, trials: int, place: Place) -> float:
    """Return the wall time of submitit's map_array."""
    folder = Path(tempfile.mkdtemp(prefix="overhead-"))
    executor = submitit.AutoExecutor(folder=folder, cluster=place.submitit)
    executor.update_parameters(timeout_min=60, cpus_per_task=1, mem_gb=1, slurm_array_parallelism=place.jobs)
    results: list[submitit.Job[float]] = []
    began = time.perf_counter()
    for batch in batches(trials, place.batch):
        jobs = executor.map_array(work.function, batch)
        _wait_for(len(jobs), partial(_finished, jobs))
        results += jobs
    took = time.perf_counter() - began
    for job in results:
        job.result()  # raises what a task has raised: a failure is fast
    shutil.rmtree(folder)
    return took


def batches(trials: int, size: int) -> Iterator[range]:
    """Yield the numbers of trials, so many at a time."""
    for first in range(0, trials, size):
        yield range(first, min(first + size, trials))


def _finished(jobs: Sequence[submitit.Job[float]]) -> int:
    return sum(job.paths.result_pickle.exists() for job in jobs)


def _wait_for(trials: int, results: Callable[[], int]) -> None:
    """Look at result files: submitit's own wait asks sacct every ten minutes."""
    while results() < trials:
        time.sleep(_LOOK_S)


def hydra_seconds(work: Work, trials: int, place: Place, library: Path) -> float:
    """Return the wall time of multiruns by Hydra's submitit launcher."""
    return sum(_multirun(work, batch, place, library) for batch in batches(trials, place.batch))


def _multirun(work: Work, trials: range, place: Place, library: Path) -> float:
    folder = Path(tempfile.mkdtemp(prefix="overhead-"))
    options = {
        "hydra/launcher": f"submitit_{place.submitit}",
        "hydra.launcher.timeout_min": 60,
        "hydra.launcher.cpus_per_task": 1,
        "hydra.launcher.mem_gb": 1,
        "hydra.sweep.dir": folder,
        "+imports": work.imports,
        "+index": f"range({trials.start},{trials.stop})",
    }
    if place.submitit == "slurm":
        options["hydra.launcher.array_parallelism"] = place.jobs
    words = [f"{name}={value}" for name, value in options.items()]
    command = [sys.executable, str(ROOT / "benchmarks" / "hydra_trial.py"), "--multirun", *words]
    environment = os.environ | {"PYTHONPATH": str(library)}
    began = time.perf_counter()
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(command, env=environment, stdout=said, stderr=said) as launcher,
    ):
        _wait_for(len(trials), partial(_results_of, launcher, folder))
        took = time.perf_counter() - began
        launcher.terminate()  # it may wait for sacct to say what the result files have said
    results = [str(file) for file in folder.glob(_HYDRA_RESULTS)]
    subprocess.run([sys.executable, "-c", _CHECK, *results], env=environment, check=True)
    shutil.rmtree(folder, ignore_errors=True)
    return took


def _results_of(launcher: subprocess.Popen[bytes], folder: Path) -> int:
    """Count the results of Hydra's jobs.

    Raises SystemExit with what the launcher said when it failed.
    """
    if launcher.poll():
        raise SystemExit(f"Hydra's launcher failed: {(folder / 'said').read_text()[-2000:]}")
    return sum(1 for _ in folder.glob(_HYDRA_RESULTS))


def orchestrator_seconds(work: Work, trials: int, place: Place) -> float:
    """Return the wall time of a study with as many trials, from submit to its last result."""
    folder = Path(tempfile.mkdtemp(prefix="overhead-"))
    project = Project(ROOT, folder / "study.yaml", folder / "runs")
    project.file.write_text(json.dumps(grid(work.task, trials, place.jobs)), encoding="utf-8")
    began = time.perf_counter()
    subprocess.run(
        project.command("submit", "--cluster", place.profile),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_for(trials, project.results)
    took = time.perf_counter() - began
    time.sleep(3)  # workers say goodbye before their folder goes
    shutil.rmtree(folder)
    return took


def largest_array() -> int:
    """Return how many jobs an array may hold, as Slurm says: one less than MaxArraySize."""
    config = subprocess.run(["scontrol", "show", "config"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"^MaxArraySize\s*= (\d+)", config, flags=re.M)[0]) - 1


def measure(work: Work, place: Place, options: argparse.Namespace) -> Iterator[tuple[str, int, float]]:
    """Yield for each tool its name, its number of trials and the seconds that each of them took."""
    few = options.import_trials if work.imports else options.trials
    yield "here", options.trials, orchestrator_seconds(work, options.trials, place) / options.trials
    yield "submitit `map_array`", few, submitit_seconds(work, few, place) / few
    if options.hydra:
        yield "Hydra's submitit launcher", few, hydra_seconds(work, few, place, options.hydra) / few
    yield "here again", options.trials, orchestrator_seconds(work, options.trials, place) / options.trials


def report(work: Work, place: Place, figures: Sequence[tuple[str, int, float]]) -> None:
    """Print a row for each tool; times are of the mean of what was measured before and after the others."""
    own = [seconds for tool, _, seconds in figures if tool.startswith("here")]
    mean = sum(own) / len(own)
    for tool, trials, seconds in figures:
        print(
            f"| {place.profile} | {work.name} | {tool} | {trials} | {seconds:.4f} | {seconds / mean:.1f} |",
            flush=True,
        )


def main() -> None:
    """Measure and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=positive, default=100)
    parser.add_argument(
        "--import-trials", type=positive, default=12, help="of the other tools, with the import"
    )
    parser.add_argument(
        "--jobs", type=positive, default=len(os.sched_getaffinity(0)), help="jobs at once, for every tool"
    )
    parser.add_argument("--cluster", help="also on this Slurm profile, for instance dev")
    parser.add_argument("--only-cluster", action="store_true", help="not on this machine without Slurm")
    parser.add_argument("--hydra", type=Path, metavar="FOLDER", help="where Hydra and its launcher lie")
    options = parser.parse_args()
    if options.only_cluster and not options.cluster:
        parser.error("--only-cluster says nothing of which: add --cluster, for instance `--cluster dev`")
    if options.cluster and shutil.which("scontrol") is None:
        parser.error("there is no `scontrol` here: type it where Slurm is, or leave --cluster out")
    if options.hydra and not (options.hydra / "hydra_plugins").is_dir():
        parser.error(
            f"there is no Hydra launcher in {options.hydra}: "
            f"type `pip install --target {options.hydra} hydra-core hydra-submitit-launcher`"
        )
    places = [] if options.only_cluster else [Place("local", "local", options.jobs, batch=options.jobs)]
    if options.cluster:
        places.append(Place(options.cluster, "slurm", options.jobs, batch=largest_array()))
    print("| place | trial | tool | trials | s/trial | times ours |")
    print("|---|---|---|--:|--:|--:|")
    for place in places:
        for work in WORK:
            report(work, place, list(measure(work, place, options)))


if __name__ == "__main__":
    main()
