"""How long the workers of a TPE search idle, beside Hydra's Optuna sweeper over its submitit launcher.

    python benchmarks/search_idle.py [--trials 60] [--seconds 20] [--workers 4] [--here] [--hydra FOLDER]

A trial sleeps and says when it began and when it ended. `idle` is the part of the time in which a place for a
trial had none: 1 - seconds of all trials / (workers x seconds from the first beginning to the last end).
`of workers` counts each worker from its own first claim to its own last exit, so that starting and the last
trials, for which there are too few, are left out; Hydra has no workers, but a job for each trial. Workers are
those of the development cluster (profile `dev`), or with `--here` of this machine. Hydra is no dependency,
and its sweeper wants an old Optuna: `--hydra` names a folder that `pip install --target FOLDER hydra-core
hydra-optuna-sweeper hydra-submitit-launcher "sqlalchemy<2"` has filled.
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
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.arguments import positive
from benchmarks.studies import ROOT, environment, search, write_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Trial:
    """When a trial was at work, and when its worker was busy with it."""

    began: float
    ended: float
    worker: str = ""
    claimed: float = 0.0
    left: float = 0.0


def idle(trials: Sequence[Trial], workers: int) -> float:
    """Return the part of the time in which a place for a trial had none."""
    span = max(trial.ended for trial in trials) - min(trial.began for trial in trials)
    return 1 - sum(trial.ended - trial.began for trial in trials) / (workers * span)


def idle_of_workers(trials: Iterable[Trial]) -> float:
    """Return the part of the workers' time, each from its first claim to its last exit, without a trial."""
    each = _by_worker(trials)
    there = sum(own[-1].left - own[0].claimed for own in each)
    return 1 - sum(trial.ended - trial.began for own in each for trial in own) / there


def gaps(trials: Iterable[Trial]) -> list[float]:
    """Return the seconds from the end of each trial to the beginning of the worker's next one, in order."""
    return sorted(after.began - before.ended for own in _by_worker(trials) for before, after in pairwise(own))


def _by_worker(trials: Iterable[Trial]) -> list[list[Trial]]:
    each = defaultdict[str, list[Trial]](list)
    for trial in sorted(trials, key=lambda trial: trial.claimed):
        each[trial.worker].append(trial)
    return list(each.values())


def study(trials: int, seconds: float, workers: int) -> dict[str, Any]:
    """Return the study file."""
    text = search("tpe", trials, workers)
    text["stages"]["bench"] |= {"task": "trial_sleep", "params": {"seconds": seconds}}
    return text


def ours(options: argparse.Namespace) -> list[Trial]:
    """Return the trials of a study that is submitted and waited for."""
    folder = Path(tempfile.mkdtemp(prefix="idle-"))
    project = write_project(folder, study(options.trials, options.seconds, options.workers))
    words = () if options.here else ("--cluster", str(ROOT / "slurm/dev.yaml"))
    with (folder / "said").open("w") as said:
        command = project.command("submit", *words)
        subprocess.run(command, cwd=project.folder, env=environment(), check=True, stdout=said, stderr=said)
    while project.results() < options.trials:
        time.sleep(_LOOK_S)
    time.sleep(3)  # workers say goodbye before their folder goes
    found = [_of(path) for path in project.runs.glob("trials/??/*")]
    shutil.rmtree(folder)
    return found


def _of(folder: Path) -> Trial:
    claim, left, result = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("attempts/001/claim.json", "attempts/001/exit.json", "result.json")
    )
    return Trial(
        began=result["metrics"]["began"],
        ended=result["metrics"]["ended"],
        worker=claim["job"],
        claimed=claim["time"],
        left=left["time"],
    )


def hydra(options: argparse.Namespace) -> list[Trial]:
    """Return the trials of a multirun whose sweeper asks for as many at once as there are workers."""
    folder = Path(tempfile.mkdtemp(prefix="idle-"))
    launcher = "local" if options.here else "slurm"
    settings = {
        "hydra/sweeper": "optuna",
        "hydra.sweeper.direction": "minimize",
        "hydra.sweeper.n_trials": options.trials,
        "hydra.sweeper.n_jobs": options.workers,
        "hydra.sweeper.sampler.seed": 0,
        "hydra/launcher": f"submitit_{launcher}",
        "hydra.launcher.timeout_min": 60,
        "hydra.launcher.cpus_per_task": 1,
        "hydra.launcher.mem_gb": 1,
        "hydra.sweep.dir": folder,
        "+seconds": options.seconds,
        "+x": "interval(-1,1)",
        "+y": "interval(-1,1)",
    }
    words = [f"{name}={value}" for name, value in settings.items()]
    with (folder / "said").open("w") as said:
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks/hydra_sleep.py"), "--multirun", *words],
            env=os.environ | {"PYTHONPATH": str(options.hydra)},
            stdout=said,
            stderr=said,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"Hydra's sweeper failed: {(folder / 'said').read_text()[-2000:]}")
    times = [json.loads(file.read_text()) for file in folder.rglob("times.json")]
    shutil.rmtree(folder)
    return [Trial(**one) for one in times]


def report(tool: str, trials: Sequence[Trial], options: argparse.Namespace) -> None:
    """Print a row for one tool."""
    span = max(trial.ended for trial in trials) - min(trial.began for trial in trials)
    own = [f"{idle_of_workers(trials):.1%}", f"{middle(gaps(trials)):.2f}"] if trials[0].worker else ["", ""]
    cells = [tool, len(trials), f"{options.seconds:g}", options.workers, f"{span:.0f}"]
    print(f"| {' | '.join(map(str, [*cells, f'{idle(trials, options.workers):.1%}', *own]))} |", flush=True)


def middle(numbers: Sequence[float]) -> float:
    """Return the median of sorted numbers, the larger one of two; 0 where there are none."""
    return numbers[len(numbers) // 2] if numbers else 0.0


def main() -> None:
    """Measure and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=positive, default=60)
    parser.add_argument("--seconds", type=float, default=20, help="that a trial sleeps")
    parser.add_argument("--workers", type=positive, default=4)
    parser.add_argument("--here", action="store_true", help="on this machine, without Slurm")
    parser.add_argument("--hydra", type=Path, metavar="FOLDER", help="where Hydra, sweeper and launcher lie")
    options = parser.parse_args()
    if not options.here and shutil.which("scontrol") is None:
        parser.error("there is no `scontrol` here: type it where Slurm is, or add --here")
    if options.hydra and not (options.hydra / "hydra_plugins").is_dir():
        parser.error(f"there is no plugin of Hydra's in {options.hydra}: --help says how it is filled")
    print("| tool | trials | s each | workers | s in all | idle | of workers | s between two trials |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    report("here", ours(options), options)
    if options.hydra:
        report("Hydra's Optuna sweeper", hydra(options), options)


if __name__ == "__main__":
    main()
