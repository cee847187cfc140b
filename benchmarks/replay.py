"""The replay to MLflow beside a bare loop over its client, by turns, in one run on the same machine.

    python benchmarks/replay.py [--trials 300] [--points 0] [--chunk 10]

Both read the same made-up trials and write them to SQLite files of their own: create_run, log_batch,
set_terminated and a copy of the same files for each. Ratios are of chunks that followed each other, since
other programs may be busy too.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from orchestrator.evidence.edges.run_folder import RunFolder  # noqa: E402
from orchestrator.tracking.edges.mlflow_store import open_client, open_study  # noqa: E402
from orchestrator.tracking.mlflow_records import files, measures, parent_records, trial_records  # noqa: E402
from orchestrator.tracking.track import sync  # noqa: E402
from tests.tracked_study import claim, finish, log, look, points, stage, submission  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.tracking.edges.record import Record


def make_study(runs: RunFolder, trials: int, steps: int) -> Submission:
    """Leave a finished study in a run folder."""
    study = submission("study", stage("train", points(encoder=["vgg16"], seed=list(range(trials)))))
    for trial in look(runs, study).plan.trials:
        log(claim(runs, trial), range(steps), loss=0.5)
        finish(runs, trial, {"iou": 0.5})
    return study


class BareLoop:
    """What anybody would write over MLflow's client."""

    def __init__(self, runs: RunFolder, seen: Seen) -> None:
        self._runs, self._seen = runs, seen
        self._client: Any = open_client(f"sqlite:///{runs.path / 'bare.db'}")
        self._experiment = self._client.create_experiment("study", "mlflow-artifacts:/study")

    def write(self, record: Record) -> None:
        """Write one trial."""
        from mlflow.entities import Metric, Param

        folder = self._runs.trial(self._seen.plan.by_id[record.key])
        found = measures(folder, self._seen.evidence[record.key])
        metrics = [Metric(one.key, one.value, round(one.time * 1000), one.step) for one in found]
        params = [Param(key, value) for key, value in record.params.items()]
        tags = {**record.tags, "mlflow.runName": record.name}
        run = self._client.create_run(self._experiment, round(record.start * 1000), tags).info.run_id
        self._client.log_batch(run, metrics[:900], params)
        for first in range(900, len(metrics), 1000):
            self._client.log_batch(run, metrics[first : first + 1000])
        for file in (file for group in files(folder).values() for file in group if file.path):
            to = self._runs.path / "bare" / run / file.name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.path), to)
        self._client.set_terminated(run, record.status, round((record.end or 0) * 1000))


def seconds(write: Callable[[Record], None], records: Sequence[Record]) -> float:
    """Return how long it takes to write some records."""
    began = time.perf_counter()
    for record in records:
        write(record)
    return time.perf_counter() - began


def compare(runs: RunFolder, study: Submission, chunk: int) -> list[tuple[float, float]]:
    """Return the seconds of the replay and of the bare loop for each chunk of trials."""
    seen = look(runs, study)
    records, bare = trial_records(runs, study, seen), BareLoop(runs, seen)
    with open_study(runs.path, "study") as shown:

        def write(record: Record) -> None:
            folder = runs.trial(seen.plan.by_id[record.key])
            if not shown.is_current(record):
                shown.write(record, measures(folder, seen.evidence[record.key]), files(folder))

        for parent in parent_records(study, seen, records):
            shown.write(parent, (), {})
        took = []
        for first in range(0, len(records), chunk):
            some = records[first : first + chunk]
            if first // chunk % 2:
                took.append((seconds(write, some), seconds(bare.write, some)))
            else:
                took.append((seconds(bare.write, some), seconds(write, some))[::-1])
    return took


def main() -> None:
    """Print the seconds of both, their ratio, and how long a replay takes that finds nothing new."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--trials", type=int, default=300)
    options.add_argument("--points", type=int, default=0, help="of each trial, beside its result")
    options.add_argument("--chunk", type=int, default=10)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="replay-") as place:
        runs = RunFolder(Path(place))
        study = make_study(runs, given.trials, given.points)
        took = compare(runs, study, given.chunk)
        replay, bare = (sum(times) for times in zip(*took, strict=True))
        ratios = statistics.quantiles([ours / theirs for ours, theirs in took], n=4)
        print(f"{given.trials} trials of {given.points} points: replay {replay:.1f} s, bare {bare:.1f} s")
        print(f"ratio {replay / bare:.2f}, quartiles of chunks {', '.join(f'{x:.2f}' for x in ratios)}")
        seen = look(runs, study)
        began = time.perf_counter()
        sync(runs, study, seen)
        print(f"nothing new: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
