"""What a trial costs when the run folder lies on a network file system, beside the local disk.

    python -m benchmarks.shared [--trials 500] [--counted 100] [--number 0]

Four workers on the development cluster, one on each node; each node sees GlusterFS through a client of its
own. A row has the seconds from the first claim to the last result, by trial, for `--trials` trials that do
nothing. A second study of `--counted` trials gives the operations on the run folder by trial: of one worker's
processes by strace, which is far too slow to be timed, and what all clients asked the server for. The more
trials a study has, the more there is to look at: compare rows of equal numbers only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from slurm.dev_cluster import down, up
from slurm.dev_config import numbered
from slurm.dev_daemons import client
from slurm.dev_shared import profile, usual_folder
from tests.soak.processes import Worker, workers_of
from tests.soak.run_folder import claims, read, results, trial_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slurm.dev_config import Layout

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 4
_NO_REQUESTS = {"FORGET", "RELEASE", "RELEASEDIR"}
_REQUESTS = re.compile(r"(\d+)\s+([A-Z_]+)$", flags=re.M)
_CALL = re.compile(r"^\d+ +(\w+)\(")
_FOLDER_OF_A_WHOLE_PATH = re.compile(r'AT_FDCWD<[^>]*>, (?="/)')


class Bench:
    """A study of trials that do nothing, below a folder, on a development cluster."""

    def __init__(self, layout: Layout, folder: Path, trials: int, workers: int) -> None:
        self.layout, self.trials, self.workers = layout, trials, workers
        self.folder = Path(tempfile.mkdtemp(prefix="shared-", dir=folder))
        self.runs = self.folder / "runs"

    def submit(self) -> float:
        """Submit it and return the seconds that it took."""
        file = self.folder / "study.yaml"
        shape = {"cpus": 7, "memory": "1GB", "time": "1h", "workers": self.workers}  # one fits on a node
        stage = {"task": "benchmarks.trial_noop", "over": ["index"], "shape": "node"}
        study = {"study": "bench", "axes": {"index": list(range(self.trials))}, "shapes": {"node": shape}}
        file.write_text(json.dumps(study | {"stages": {"noop": stage}}))
        command = (sys.executable, "-m", "orchestrator", "submit", str(file), "--runs", str(self.runs))
        environment = os.environ | {"SLURM_CONF": str(self.layout.slurm_conf)}
        began = time.perf_counter()
        subprocess.run(
            (*command, "--cluster", "dev"), cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )
        return time.perf_counter() - began

    def worker(self) -> Worker:
        """Return one of its workers, once there is one."""
        while not (found := workers_of(self.runs / "studies/bench/jobs")):
            time.sleep(0.01)
        return found[0]

    def finish(self) -> None:
        """Wait until its jobs are gone, without a look at its files."""
        while client(self.layout, "squeue", "--noheader").strip():
            time.sleep(0.5)

    def seconds(self) -> float:
        """Return the seconds from the first claim to the last result."""
        folders = trial_folders(self.runs)
        if (done := len(results(self.runs))) != self.trials:
            raise SystemExit(f"{done} of {self.trials} trials were done; look into {self.folder}")
        first = min(read(folder / "attempts/001/claim.json")["time"] for folder in folders)
        return float(max((folder / "result.json").stat().st_mtime for folder in folders) - first)


@contextlib.contextmanager
def bench(layout: Layout, folder: Path, trials: int, workers: int) -> Iterator[Bench]:
    """Lend a study that is removed in the end."""
    lent = Bench(layout, folder, trials, workers)
    yield lent
    shutil.rmtree(lent.folder)


def timed(layout: Layout, folder: Path, trials: int) -> list[str]:
    """Return the seconds of a submit, and those of a trial."""
    with bench(layout, folder, trials, WORKERS) as study:
        submit = study.submit()
        study.finish()
        return [f"{submit:.1f}", f"{study.seconds() / trials:.3f}"]


def counted(layout: Layout, folder: Path, trials: int, served: bool) -> list[str]:
    """Return the operations on the run folder that a trial costs, as worker and server see them."""
    trace = Path(tempfile.mkstemp(prefix="strace-")[1])
    with bench(layout, folder, trials, 1) as study:
        study.submit()
        only = f"--attach={study.worker().process.pid}"
        command = ("strace", "-f", "-y", "--trace=%file,%desc", f"--output={trace}", only)
        with subprocess.Popen(command, stderr=subprocess.DEVNULL):  # it ends with the worker
            before = len(claims(study.runs))
            requests(layout, served)
        study.finish()
        asked = requests(layout, served)
        calls = calls_below(study.runs, trace)
        study.seconds()
    trace.unlink()
    rest = trials - before
    say(f"{folder}, of {rest} trials: {dict(calls.most_common(12))}; requests: {dict(asked.most_common(12))}")
    return [f"{calls.total() / rest:.0f}", f"{asked.total() / rest:.0f}" if served else "-"]


def calls_below(folder: Path, trace: Path) -> Counter[str]:
    """Count the system calls that name a folder, or a file below it, or a descriptor of one."""
    counts = Counter[str]()
    with trace.open(errors="replace") as lines:
        for line in lines:
            call = _CALL.match(line)
            if call and str(folder) in _FOLDER_OF_A_WHOLE_PATH.sub("", line):
                counts[call[1]] += 1
    return counts


def requests(layout: Layout, served: bool) -> Counter[str]:
    """Return what clients have asked the server for since this was asked last, by kind."""
    if not served:
        return Counter()
    told = profile(layout, "info", "incremental")
    return Counter(
        {kind: int(number) for number, kind in _REQUESTS.findall(told) if kind not in _NO_REQUESTS}
    )


def main() -> None:
    """Measure and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--counted", type=int, default=100)
    parser.add_argument("--number", type=int, default=0, help="of the cluster, which must not be up")
    options = parser.parse_args()
    layout = numbered(options.number)
    with contextlib.redirect_stdout(sys.stderr):
        up(layout, shared=usual_folder(layout))
    try:
        profile(layout, "start")
        print("| run folder | trials | submit, s | s/trial | calls/trial | requests to the server/trial |")
        print("|---|--:|--:|--:|--:|--:|")
        for name, folder in (("local disk", None), ("GlusterFS", usual_folder(layout))):
            place = folder or Path(tempfile.gettempdir())
            cells = timed(layout, place, options.trials)
            cells += counted(layout, place, options.counted, served=folder is not None)
            print(f"| {name} | {options.trials} | {' | '.join(cells)} |", flush=True)
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            down(layout)


def say(line: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
