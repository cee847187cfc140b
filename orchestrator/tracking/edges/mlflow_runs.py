"""Which runs MLflow shows of a study: as its client finds them, or as they stand in our own SQLite file.

MLflow's search makes an object of every tag, parameter and metric, which takes ten seconds for ten thousand
runs. The rows say the same within one; where they cannot be read, the client is asked.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAGE = 1000
_PATIENCE_S = 20
"""For whoever writes meanwhile, as MLflow's own connections wait."""
_RUNS = """SELECT run_uuid, name, status, start_time, end_time, artifact_uri FROM runs
           WHERE experiment_id = :experiment AND lifecycle_stage = 'active'
           ORDER BY start_time DESC, run_uuid"""
_TAGS = """SELECT run_uuid, key, value FROM tags JOIN runs USING (run_uuid)
           WHERE experiment_id = :experiment AND lifecycle_stage = 'active'"""
_PARAMS = """SELECT run_uuid, key, value FROM params JOIN runs USING (run_uuid)
             WHERE experiment_id = :experiment AND lifecycle_stage = 'active'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MlflowRun:
    """One run as MLflow shows it, without its metrics."""

    number: str
    """MLflow's id."""
    name: str
    status: str
    start: int
    end: int | None
    """Milliseconds."""
    artifacts: str
    """Where MLflow has its files, as a URI."""
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)


def of_client(run: Any) -> MlflowRun:
    """Return a run that MLflow's client gave."""
    return MlflowRun(
        number=run.info.run_id,
        name=run.info.run_name,
        status=run.info.status,
        start=run.info.start_time,
        end=run.info.end_time,
        artifacts=run.info.artifact_uri,
        tags=dict(run.data.tags),
        params=dict(run.data.params),
    )


def find_runs(client: Any, experiment: str, database: Path | None = None) -> Iterator[MlflowRun]:
    """Return the runs of an experiment, the latest start first; `database` is MLflow's where it is ours."""
    if database is not None:
        with contextlib.suppress(sqlite3.Error):  # another version of MLflow may call its tables otherwise
            return iter(read_rows(database, experiment))
    return search(client, experiment)


def search(client: Any, experiment: str) -> Iterator[MlflowRun]:
    """Yield the runs of an experiment as MLflow's client finds them."""
    token = None
    while True:
        page = client.search_runs([experiment], max_results=_PAGE, page_token=token)
        yield from map(of_client, page)
        token = page.token
        if not token:
            return


def read_rows(database: Path, experiment: str) -> list[MlflowRun]:
    """Return the runs of an experiment as they stand in a SQLite file at one moment."""
    place, given = f"file:{quote(str(database))}?mode=ro", {"experiment": int(experiment)}
    with contextlib.closing(
        sqlite3.connect(place, uri=True, timeout=_PATIENCE_S, isolation_level=None)
    ) as rows:
        rows.execute("BEGIN")
        runs = {
            number: MlflowRun(
                number=number, name=name, status=status, start=start, end=end, artifacts=artifacts
            )
            for number, name, status, start, end, artifacts in rows.execute(_RUNS, given)
        }
        for number, key, value in rows.execute(_TAGS, given):
            runs[number].tags[key] = value
        for number, key, value in rows.execute(_PARAMS, given):
            runs[number].params[key] = value
    return list(runs.values())
