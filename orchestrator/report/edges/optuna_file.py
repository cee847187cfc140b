"""The searches of a study as a storage of Optuna's, for its dashboard and for programs that read those."""

from __future__ import annotations

import re
import tempfile
import warnings
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.engine.told import all_that_came
from orchestrator.report.edges.optuna_owner import OWNER, SQLITE
from orchestrator.report.edges.search_outcomes import search_results
from orchestrator.study.matrix import comparable
from orchestrator.study.trial import axes_text, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    import optuna

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.evidence import Evidence
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.searches.outcome import SearchResults, ShownAnswer
    from orchestrator.study.searches.opening import Opening

_WORKER = re.compile(rb'"worker_id":"[^"]*"')
"""Who wrote a line of a journal: another name at each writing."""


def optuna_bytes(runs: RunFolder, submission: Submission, seen: Seen, ending: str) -> bytes:
    """Return a file as Optuna writes it, a study in it for each search: a database, or a journal."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        file = Path(folder) / "optuna"  # here, since a network's file system is no place for SQLite
        with _database(file) if ending.lower() in SQLITE else _journal(file) as storage:
            for opening in seen.plan.openings:
                _add(storage, runs, submission, opening, seen)
        return _WORKER.sub(b'"worker_id":"-"', file.read_bytes())


@contextmanager
def _database(file: Path) -> Iterator[optuna.storages.BaseStorage]:
    import optuna
    from sqlalchemy.event import listen

    storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
    listen(storage.engine, "connect", _in_haste)
    storage.engine.dispose()
    yield storage
    storage.remove_session()
    storage.engine.dispose()


@contextmanager
def _journal(file: Path) -> Iterator[optuna.storages.BaseStorage]:
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    yield JournalStorage(JournalFileBackend(str(file)))


def _in_haste(connection: sqlite3.Connection, _: object) -> None:
    """Wait for no disk: what is not whole in the end is not kept."""
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")


def _add(
    storage: optuna.storages.BaseStorage,
    runs: RunFolder,
    submission: Submission,
    opening: Opening,
    seen: Seen,
) -> None:
    """Write one search."""
    import optuna

    name = submission.study.name
    results = search_results(submission, seen, opening, logs=runs)
    study = optuna.create_study(
        storage=storage,
        study_name=f"{name}/{results.stage}" + (f" {axes_text(results.axes)}" if results.axes else ""),
        directions=[one.direction for one in results.objectives],
    )
    study.set_metric_names([one.metric for one in results.objectives])
    attributes = {OWNER: name, "stage": results.stage, "axes": axes_text(results.axes), "key": results.key}
    for key, value in attributes.items():
        study.set_user_attr(key, value)
    study.add_trials(_trials(runs, opening, seen, results))


def _trials(
    runs: RunFolder, opening: Opening, seen: Seen, results: SearchResults
) -> list[optuna.trial.FrozenTrial]:
    """Return the trials as its sampler is told of them, with what people want to see beside."""
    from orchestrator.engine.edges.optuna_study import study_of

    told = study_of(opening.search, opening.point.seed, all_that_came(opening, seen), 1)
    folders = {trial.id: str(runs.trial(trial).path) for trial in opening.trials}
    trials = told.get_trials()
    for trial, one in zip(trials, results.outcomes, strict=True):
        trial.user_attrs = _attributes(one, trial.params, folders)
        trial.intermediate_values = dict(one.curve)
        evidence = [seen.evidence[identity] for identity in one.trials]
        trial.datetime_start, trial.datetime_complete = _times(evidence, ended=one.state != "running")
    return trials


def _attributes(one: ShownAnswer, coded: dict[str, Any], folders: dict[str, str]) -> dict[str, Any]:
    """Return the ids and folders of trials; and each value that Optuna was only told the place of."""
    values = {
        f"{name} is": quoted(value)
        for name, value in one.params.items()
        if name in coded and comparable(value) != comparable(coded[name])
    }
    return {
        "answer": one.number,
        "trial": " ".join(one.trials),
        "folder": " ".join(folders[identity] for identity in one.trials),
        **values,
    }


def _times(evidence: Sequence[Evidence], *, ended: bool) -> tuple[datetime, datetime | None]:
    """Return when work on an answer began, and when it ended; 1970 where nobody knows."""
    began = [one.result.time - one.result.seconds for one in evidence if one.result]
    over = [one.result.time for one in evidence if one.result]
    for attempt in (attempt for one in evidence for attempt in one.attempts):
        began += [attempt.claim.time] if attempt.claim else []
        over += [attempt.exit.time] if attempt.exit else []
    first = min(began, default=0.0)
    last = max(first, *over) if over else first
    return _moment(first), _moment(last) if ended else None


def _moment(seconds: float) -> datetime:
    """Return a time as Optuna has it, without a zone: that of this machine."""
    return datetime.fromtimestamp(seconds)  # noqa: DTZ006
