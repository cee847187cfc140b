"""MLflow as a view of the run folder: one MLflow run per record, brought up to date and never added twice.

MLflow can add, but not take back: where it shows what is not so any more (another value at a step, an end
before `retry`), the MLflow run is written anew and the old one deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

MOST_METRICS = 1000
"""In one call, as mlflow.utils.validation.MAX_METRICS_PER_BATCH."""
MOST_PARAMS = 100
"""In one call, and as many tags, as mlflow.utils.validation.MAX_PARAMS_TAGS_PER_BATCH."""
MOST_COLUMNS = 60
"""In a view: all of them have to fit into one tag."""
LARGEST_FLOAT = sys.float_info.max
"""What MLflow's databases store for infinity."""
VIEW = "trials"
"""Key of the view of MLflow's UI that shows all trials side by side, one row each."""
MARK = "orchestrator.synced"
"""The tag that tells our MLflow runs from a user's and, set once more at the end, says what was written."""
OWN_TAGS = frozenset(
    {"attempts", "code", "failure", "folder", "git_commit", "given", "gpu", "host", "jobs"}
    | {"left_study", "needs", "profile", "stage", "state", "states", "study", "task", "trial", "version"}
    | {"mlflow.source.name"}
)
"""Tags that go when the record does not have them any more; all others are the user's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of a metric."""

    key: str
    step: int
    value: float
    time: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file to be copied into MLflow, or a text to be written there."""

    name: str
    """Relative path in MLflow."""
    stamp: str
    """Changes when the content does."""
    path: Path | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What MLflow shall show of the study, a stage or a trial, as far as it is known without its files."""

    name: str
    parent: str | None
    """Key of the record above."""
    status: str
    """RUNNING, FINISHED, FAILED or KILLED."""
    start: float
    end: float | None
    """Unix seconds; None while it may go on."""
    params: Mapping[str, str]
    tags: Mapping[str, str]
    stamp: str | None = None
    """Names the trial's files when they cannot change any more; then equal stamps spare reading them."""

    @property
    def key(self) -> str:
        """Name the record among those of its study."""
        return key_of(self.tags)


def key_of(tags: Mapping[str, str]) -> str:
    """Return the key of the record with these tags; empty where there is none."""
    if "trial" in tags:
        return tags["trial"]
    if "stage" in tags:
        return f"stage:{tags['stage']}"
    return "study" if "study" in tags else ""


class Shown:
    """What MLflow shows of one study, and the way to bring it up to date."""

    def __init__(self, client: Any, experiment: str, artifacts: Path | None = None) -> None:
        self.experiment = experiment
        """MLflow's number of the study."""
        self._client = client
        self._artifacts = artifacts
        """Where files are copied to; None when they go through the server."""
        self._runs: dict[str, Any] = {}
        self.created = self.updated = self.metrics = self.files = 0
        for run in self._search():
            key = key_of(run.data.tags) if MARK in run.data.tags else ""  # else a user has made it
            if key in self._runs:  # a sync was killed between writing anew and deleting
                client.delete_run(run.info.run_id)
            elif key:
                self._runs[key] = run

    def _search(self) -> Iterator[Any]:
        token = None
        while True:
            page = self._client.search_runs([self.experiment], max_results=MOST_METRICS, page_token=token)
            yield from page
            token = page.token
            if not token:
                return

    def is_current(self, record: Record) -> bool:
        """Say whether nothing has to be read or written for the record."""
        run = self._runs.get(record.key)
        known = run is not None and record.stamp is not None and _mark(run).get("stamp") == record.stamp
        return known and not self._differs(run, record)

    def write(
        self, record: Record, measures: Sequence[Measure], files: Mapping[str, Sequence[Attached]]
    ) -> None:
        """Bring one MLflow run up to date; `files` are in groups that are copied together."""
        mark = {"stamp": record.stamp, "metrics": _digest(f"{m.key} {m.step} {m.value!r}" for m in measures)}
        mark |= {group: _digest(file.stamp for file in members) for group, members in files.items()}
        old = self._runs.get(record.key)
        if old is not None and _mark(old) == mark and not self._differs(old, record):
            return
        run = self._runs[record.key] = self._fitting(old, record, measures, mark)
        before = _mark(run)
        self._describe(run, record)
        if before.get("metrics") != mark["metrics"]:
            self._log(run, measures)
        for group, members in files.items():
            if before.get(group) != mark[group]:
                self._attach(run, group, members)
        if record.end is not None:
            self._client.set_terminated(run.info.run_id, record.status, _ms(record.end))
        self._client.set_tag(run.info.run_id, MARK, json.dumps(mark))

    def arrange(self, columns: Sequence[str]) -> None:
        """Make the view VIEW of MLflow's UI: trials in a flat table with these columns beside their names."""
        view = {
            "searchFilter": "tags.trial LIKE '%'",
            "orderByKey": "attributes.run_name",  # in any order but by time the UI does not fold trials away
            "orderByAsc": True,
            "startTime": "ALL",
            "lifecycleFilter": "Active",
            "modelVersionFilter": "All Runs",
            "datasetsFilter": [],
            "selectedColumns": list(columns)[:MOST_COLUMNS],
        }
        key, text = f"mlflow.sharedViewState.{VIEW}", json.dumps(view)
        if self._client.get_experiment(self.experiment).tags.get(key) != text:
            self._client.set_experiment_tag(self.experiment, key, text)

    def leave(self, kept: Iterable[str]) -> None:
        """Tag what MLflow shows beyond the keys of `kept`: it is not in the study any more."""
        for key in self._runs.keys() - set(kept):
            run = self._runs[key]
            if "left_study" not in run.data.tags:
                self._client.set_tag(run.info.run_id, "left_study", "true")
                self.updated += 1

    def _fitting(
        self, old: Any, record: Record, measures: Sequence[Measure], mark: Mapping[str, str | None]
    ) -> Any:
        """Return the MLflow run to add to: a new one where MLflow cannot forget what must go."""
        if old is None:
            self.created += 1
            return self._create(record, {})
        self.updated += 1
        changed = _mark(old).get("metrics") != mark["metrics"]
        if not _contradicts(old, record) and not (changed and _retracts(self._logged(old), measures)):
            return old
        new = self._create(record, {k: v for k, v in old.data.tags.items() if k not in OWN_TAGS})
        self._client.delete_run(old.info.run_id)
        return new

    def _create(self, record: Record, kept: Mapping[str, str]) -> Any:
        tags = {**kept, **self._tags(record), "mlflow.runName": record.name, MARK: "{}"}
        return self._client.create_run(self.experiment, start_time=_ms(record.start), tags=tags)

    def _tags(self, record: Record) -> dict[str, str]:
        above = {"mlflow.parentRunId": self._runs[record.parent].info.run_id} if record.parent else {}
        return {**record.tags, **above}

    def _differs(self, run: Any, record: Record) -> bool:
        tags, wanted = run.data.tags, {**self._tags(record), "mlflow.runName": record.name}
        return (
            _contradicts(run, record)
            or any(tags.get(key) != value for key, value in wanted.items())
            or any(key in tags and key not in wanted for key in OWN_TAGS)
            or any(key not in run.data.params for key in record.params)
            or (record.end is not None and _ending(run) != (record.status, _ms(record.end)))
        )

    def _describe(self, run: Any, record: Record) -> None:
        from mlflow.entities import Param, RunTag

        number, tags = run.info.run_id, self._tags(record)
        params = [Param(key, value) for key, value in record.params.items() if key not in run.data.params]
        changed = [RunTag(key, value) for key, value in tags.items() if run.data.tags.get(key) != value]
        for some in _chunks(params, MOST_PARAMS):
            self._client.log_batch(number, params=some)
        if changed:
            self._client.log_batch(number, tags=changed)
        for key in OWN_TAGS:
            if key in run.data.tags and key not in tags:
                self._client.delete_tag(number, key)
        if run.info.run_name != record.name:
            self._client.update_run(number, name=record.name)

    def _logged(self, run: Any) -> dict[tuple[str, int], float]:
        return {
            (key, metric.step): metric.value
            for key in run.data.metrics
            for metric in self._client.get_metric_history(run.info.run_id, key)
        }

    def _log(self, run: Any, measures: Sequence[Measure]) -> None:
        from mlflow.entities import Metric

        logged = self._logged(run)
        missing = [
            Metric(measure.key, measure.value, _ms(measure.time), measure.step)
            for measure in measures
            if (measure.key, measure.step) not in logged
        ]
        for some in _chunks(missing, MOST_METRICS):
            self._client.log_batch(run.info.run_id, metrics=some)
        self.metrics += len(missing)

    def _attach(self, run: Any, group: str, files: Sequence[Attached]) -> None:
        root = self._artifacts and self._artifacts / run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
        if root:
            shutil.rmtree(root / group, ignore_errors=True)
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # the trial goes on and may replace its files
                if root:
                    _copy(file, root / file.name)
                else:
                    self._send(run.info.run_id, file)
                self.files += 1

    def _send(self, number: str, file: Attached) -> None:
        if file.path is None:
            self._client.log_text(number, file.text, file.name)
        else:
            self._client.log_artifact(number, str(file.path), file.name.rpartition("/")[0] or None)


def _copy(file: Attached, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.path is None:
        to.write_text(file.text, encoding="utf-8")
    else:
        shutil.copyfile(file.path, to)


def _mark(run: Any) -> dict[str, Any]:
    return dict(json.loads(run.data.tags.get(MARK, "{}")))


def _ending(run: Any) -> tuple[str, int | None]:
    return run.info.status, run.info.end_time


def _contradicts(run: Any, record: Record) -> bool:
    """Say whether MLflow shows what it cannot unlearn: a start, an end or a parameter."""
    return (
        run.info.start_time != _ms(record.start)
        or (record.end is None and _ending(run) != ("RUNNING", None))
        or any(run.data.params.get(key, value) != value for key, value in record.params.items())
    )


def _retracts(logged: Mapping[tuple[str, int], float], measures: Iterable[Measure]) -> bool:
    """Say whether MLflow shows a number that has another value by now, or is gone; times do not matter."""
    wanted = {(measure.key, measure.step): measure.value for measure in measures}
    keys = {key for key, _ in wanted}  # other metrics are a user's
    return any(
        not _equal(value, wanted[place]) if place in wanted else place[0] in keys
        for place, value in logged.items()
    )


def _equal(stored: float, value: float) -> bool:
    if math.isnan(value):
        return math.isnan(stored)
    return stored in {value, max(-LARGEST_FLOAT, min(LARGEST_FLOAT, value))}


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _chunks(items: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]
