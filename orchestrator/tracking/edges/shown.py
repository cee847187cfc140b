"""MLflow as a view of the run folder: one MLflow run per record, brought up to date and never added twice.

MLflow can add, but not take back: where it shows what is not so any more (another value at a step, an end
before `retry`), the MLflow run is written anew and the old one deleted. A call costs milliseconds, whatever
it brings: a new run takes three, for its tags, its numbers and its end.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from orchestrator.tracking.edges.artifact_copies import ArtifactCopies
from orchestrator.tracking.edges.differences import contradicts, ends_as, ms, retracts
from orchestrator.tracking.edges.mlflow_runs import find_runs, of_client
from orchestrator.tracking.edges.record import key_of
from orchestrator.tracking.edges.saved_views import arrange
from orchestrator.tracking.naming import RESULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.tracking.edges.mlflow_runs import MlflowRun
    from orchestrator.tracking.edges.record import Attached, Measure, Record
    from orchestrator.tracking.views import SavedView

MOST_AT_ONCE = 1000
"""Numbers, parameters and tags in one call, as mlflow.utils.validation.MAX_ENTITIES_PER_BATCH."""
MOST_PARAMS = 100
"""In one call, and as many tags, as mlflow.utils.validation.MAX_PARAMS_TAGS_PER_BATCH."""
MARK = "orchestrator.synced"
"""The tag that tells our MLflow runs from a user's and says what was written."""
_ONCE_ENDED = "once_ended"
"""In a mark: it was made with the run, and is true only if the run has an end, which is written last."""
OWN_TAGS = frozenset(
    {"attempts", "code", "failure", "folder", "git_commit", "given", "gpu", "host", "jobs"}
    | {"left_study", "needs", "profile", "stage", "state", "states", "study", "task", "trial", "version"}
    | {"mlflow.source.name"}
)
"""Tags that go when the record does not have them any more, as those of results do; others are the user's."""
FORM = 2
"""In a mark: which names were given. What an older version has written is looked through once."""
_Mark = dict[str, str | int | None]
OwnPoints = dict[str, tuple[str, int]]
"""MLflow runs of trials that go on -> digest and number of the points that this program has written."""


class Shown:
    """What MLflow shows of one study, and the way to bring it up to date."""

    def __init__(
        self,
        client: Any,
        experiment: str,
        artifacts: Path | None = None,
        database: Path | None = None,
        own: OwnPoints | None = None,
    ) -> None:
        """Take where files are copied to and MLflow's database, where these are our own.

        Whoever looks again and again hands the same `own` each time: points are then added without reading
        those that are there.
        """
        self.experiment = experiment
        """MLflow's number of the study."""
        self._client = client
        self._database = database
        self._own: OwnPoints = {} if own is None else own
        self._copies = ArtifactCopies(client, artifacts)
        self.created = self.updated = self.metrics = 0

    @property
    def files(self) -> int:
        """The number of files copied."""
        return self._copies.count

    @cached_property
    def _runs(self) -> dict[str, MlflowRun]:
        found: dict[str, MlflowRun] = {}
        for run in find_runs(self._client, self.experiment, self._database):
            key = key_of(run.tags) if MARK in run.tags else ""  # else a user has made it
            if key in found:  # a sync was killed between writing anew and deleting
                self._client.delete_run(run.number)
            elif key:
                found[key] = run
        return found

    def is_current(self, record: Record) -> bool:
        """Say whether nothing has to be read or written for the record."""
        run = self._runs.get(record.key)
        if run is None or record.stamp is None:
            return False
        mark = _mark(run)
        if (mark.get("stamp"), mark.get("form")) != (record.stamp, FORM):
            return False
        return not self._differs(run, record)

    def write(
        self, record: Record, measures: Sequence[Measure], files: Mapping[str, Sequence[Attached]]
    ) -> None:
        """Bring one MLflow run up to date; `files` are in groups that are copied together.

        A number that the record has as a tag is not shown as a metric.
        """
        measures = [measure for measure in measures if measure.key not in record.tags]
        mark: _Mark = {"stamp": record.stamp, "form": FORM}
        mark["metrics"] = _digest_of(measures)
        mark |= {group: _digest(file.stamp for file in members) for group, members in files.items()}
        old = self._runs.get(record.key)
        if old is None:
            self._create(record, mark, measures, files)
            self.created += 1
        elif _mark(old) != mark or self._differs(old, record):
            self._bring_up(old, record, mark, measures, files)
            self.updated += 1

    def arrange(self, views: Sequence[SavedView]) -> None:
        """Save views of MLflow's UI with the study, and no others of ours."""
        arrange(self._client, self.experiment, views)

    def leave(self, kept: Iterable[str]) -> None:
        """Tag what MLflow shows beyond the keys of `kept`: it is not in the study any more."""
        for key in self._runs.keys() - set(kept):
            run = self._runs[key]
            if "left_study" not in run.tags:
                self._client.set_tag(run.number, "left_study", "true")
                self.updated += 1

    def _create(
        self,
        record: Record,
        mark: _Mark,
        measures: Sequence[Measure],
        files: Mapping[str, Sequence[Attached]],
        kept: Mapping[str, str] | None = None,
    ) -> None:
        """Write a new MLflow run; a mark that waits for the end spares a call to write it afterwards."""
        first = mark | {_ONCE_ENDED: True} if record.end is not None else {}
        tags = {**(kept or {}), **self._tags(record), "mlflow.runName": record.name, MARK: json.dumps(first)}
        run = of_client(self._client.create_run(self.experiment, start_time=ms(record.start), tags=tags))
        self._runs[record.key] = run
        for group, members in files.items():
            if members:
                self._copies.replace(run, group, members)
        self._log(run, record.params, measures, {} if first else {MARK: json.dumps(mark)})
        self._remember(run, record, measures)
        self._end(run, record)

    def _bring_up(
        self,
        old: MlflowRun,
        record: Record,
        mark: _Mark,
        measures: Sequence[Measure],
        files: Mapping[str, Sequence[Attached]],
    ) -> None:
        """Add to an MLflow run what it lacks; write it anew where MLflow cannot forget what must go."""
        before = _mark(old)
        missing = self._missing(old, measures) if before.get("metrics") != mark["metrics"] else []
        named_otherwise = bool(before) and before.get("form") != FORM and not record.has_trials
        if missing is None or named_otherwise or contradicts(old, record):
            kept = {key: value for key, value in old.tags.items() if not (_is_own(key) or key == MARK)}
            self._create(record, mark, measures, files, kept)
            self._client.delete_run(old.number)
            return
        for group, members in files.items():
            if before.get(group) != mark[group]:
                self._copies.replace(old, group, members)
        self._log(
            old,
            {key: value for key, value in record.params.items() if key not in old.params},
            missing,
            {key: value for key, value in self._tags(record).items() if old.tags.get(key) != value}
            | ({MARK: json.dumps(mark)} if before != mark else {}),
        )
        self._remember(old, record, measures)
        for key in filter(_is_own, old.tags.keys() - self._tags(record).keys()):
            self._client.delete_tag(old.number, key)
        if old.name != record.name:
            self._client.update_run(old.number, name=record.name)
        if not ends_as(old, record):
            self._end(old, record)

    def _tags(self, record: Record) -> dict[str, str]:
        above = {"mlflow.parentRunId": self._runs[record.parent].number} if record.parent else {}
        return {**record.tags, **above}

    def _differs(self, run: MlflowRun, record: Record) -> bool:
        wanted = {**self._tags(record), "mlflow.runName": record.name}
        return (
            contradicts(run, record)
            or any(run.tags.get(key) != value for key, value in wanted.items())
            or any(map(_is_own, run.tags.keys() - wanted.keys()))
            or any(key not in run.params for key in record.params)
            or not ends_as(run, record)
        )

    def _log(
        self, run: MlflowRun, params: Mapping[str, str], measures: Sequence[Measure], tags: Mapping[str, str]
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag

        metrics = [Metric(one.key, one.value, ms(one.time), one.step) for one in measures]
        described = [Param(key, value) for key, value in params.items()]
        for some_params, some_metrics, some_tags in _batches(
            described, metrics, [RunTag(key, value) for key, value in tags.items()]
        ):
            self._client.log_batch(run.number, some_metrics, some_params, some_tags)
        self.metrics += len(metrics)

    def _end(self, run: MlflowRun, record: Record) -> None:
        if record.end is not None:
            self._client.set_terminated(run.number, record.status, ms(record.end))
        elif run.status != record.status:
            self._client.update_run(run.number, status=record.status)

    def _remember(self, run: MlflowRun, record: Record, measures: Sequence[Measure]) -> None:
        if record.end is None:
            self._own[run.number] = _digest_of(measures), len(measures)
        else:
            self._own.pop(run.number, None)

    def _missing(self, run: MlflowRun, measures: Sequence[Measure]) -> Sequence[Measure] | None:
        """Return the numbers that MLflow lacks; None where it shows one that is not so any more."""
        digest, count = self._own.pop(run.number, ("", 0))  # until the rest is written too
        if count and _mark(run).get("metrics") == digest == _digest_of(measures[:count]):
            return measures[count:]
        logged = self._logged(run)
        if retracts(logged, measures):
            return None
        return [measure for measure in measures if (measure.key, measure.step) not in logged]

    def _logged(self, run: MlflowRun) -> dict[tuple[str, int], float]:
        return {
            (key, metric.step): metric.value
            for key in self._client.get_run(run.number).data.metrics
            for metric in self._client.get_metric_history(run.number, key)
        }


def _batches(
    params: Sequence[Any], metrics: Sequence[Any], tags: Sequence[Any]
) -> Iterator[tuple[Sequence[Any], Sequence[Any], Sequence[Any]]]:
    """Yield what each call takes; the tags come last, for one of them says that the rest is written."""
    first = 0
    while params or first < len(metrics) or tags:
        some_params, params = params[:MOST_PARAMS], params[MOST_PARAMS:]
        some_metrics = metrics[first : first + MOST_AT_ONCE - len(some_params) - len(tags)]
        first += len(some_metrics)
        if params or first < len(metrics):
            yield some_params, some_metrics, ()
        else:
            yield some_params, some_metrics, tags
            tags = ()


def _is_own(tag: str) -> bool:
    """Say whether a tag is ours to take away."""
    return tag in OWN_TAGS or tag.startswith(RESULT)


def _mark(run: MlflowRun) -> _Mark:
    """Return what was written of a run; empty where that was begun and not brought to its end."""
    try:
        mark: _Mark = dict(json.loads(run.tags.get(MARK, "{}")))
    except (TypeError, ValueError):  # somebody has edited it
        return {}
    return {} if mark.pop(_ONCE_ENDED, False) and run.end is None else mark


def _digest_of(measures: Sequence[Measure]) -> str:
    return _digest(f"{measure.key} {measure.step} {measure.value!r}" for measure in measures)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
