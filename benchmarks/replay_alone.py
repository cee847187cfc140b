"""Write a run folder's trials to MLflow: as a program of its own, so that its memory can be measured.

    python benchmarks/replay_alone.py sync RUNS STUDY    what `orchestrator ui` does first
    python benchmarks/replay_alone.py client RUNS STUDY  the same trials by MLflow's own client, call by call

Prints the seconds of the clock and of the CPU: the latter do not depend on who else writes to the disk. The
database is made and the evidence read before they count, since both cost the same on either side. The
client's runs go to RUNS/client.db and RUNS/client.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from orchestrator.engine.observe import Observer, read_submission
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.tracking.edges.mlflow_store import QUIET, tracking_uri
from orchestrator.tracking.mlflow_records import files, measures, trial_records
from orchestrator.tracking.track import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.tracking.edges.record import Attached, Measure, Record


def opened(uri: str) -> Any:
    """Return MLflow's client of a database, which is made where it is not there yet."""
    os.environ.update(QUIET)
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    client.search_experiments(max_results=1)
    return client


def write_by_client(
    client: Any, experiment: str, record: Record, numbers: Sequence[Measure], kept: Sequence[Attached]
) -> None:
    """Write one run as a training does that logs to MLflow itself."""
    from mlflow.entities import Metric, Param

    tags = {**record.tags, "mlflow.runName": record.name}
    number = client.create_run(experiment, start_time=round(record.start * 1000), tags=tags).info.run_id
    params = [Param(key, value) for key, value in record.params.items()]
    metrics = [Metric(one.key, one.value, round(one.time * 1000), one.step) for one in numbers]
    client.log_batch(number, metrics=metrics, params=params)
    for file in kept:
        if file.path is None:
            client.log_text(number, file.text, file.name)
        else:
            client.log_artifact(number, str(file.path), file.name.rpartition("/")[0] or None)
    client.set_terminated(number, record.status, record.end and round(record.end * 1000))


def write_all_by_client(runs: RunFolder, submission: Submission, seen: Seen) -> Callable[[], object]:
    """Return what writes all trials by MLflow's client, once it is called."""
    client = opened(f"sqlite:///{runs.path / 'client.db'}")
    experiment = client.create_experiment("client", artifact_location=str(runs.path / "client"))

    def write() -> None:
        for record in trial_records(runs, submission, seen):
            folder = runs.trial(seen.plan.by_id[record.key])
            kept = [file for group in files(folder).values() for file in group]
            write_by_client(client, experiment, record, measures(folder, seen.evidence[record.key]), kept)

    return write


def main() -> None:
    """Write, and print how long it took."""
    how, runs = sys.argv[1], RunFolder(Path(sys.argv[2]))
    submission = read_submission(runs, sys.argv[3])
    seen = Observer(runs, submission).look()
    if how == "sync":
        opened(tracking_uri(runs.path))
        write: Callable[[], object] = partial(sync, runs, submission, seen)
    else:
        write = write_all_by_client(runs, submission, seen)
    clock, cpu = time.perf_counter(), time.process_time()
    write()
    print(json.dumps({"clock": time.perf_counter() - clock, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
