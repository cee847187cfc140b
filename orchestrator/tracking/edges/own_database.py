"""MLflow's database in the run folder: made whole or not at all, and written without a wait for each step.

runs/mlflow.db  runs/mlflow.db.new

MLflow commits a dozen times for each trial, and SQLite waits for the disk several times in each commit: on
a disk that takes 10 ms for that, hundreds of trials are minutes. What is written here can be written again,
so it is waited for once, at the end. A killed program harms nothing; if the machine itself goes down
in the middle, the file may have to be made anew.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import OrchestratorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OWN: set[str] = set()
"""The files that this program writes so."""


def make_whole(database: Path, open_client: Callable[[str], object]) -> None:
    """Make the database where there is none; whoever finds it finds all of its tables.

    MLflow makes them in some seconds, step by step, and two programs that do so at once fail.
    Raises OrchestratorError where the file that is there is no database.
    """
    if database.exists():
        _check(database)
        return
    new = database.with_name(f"{database.name}.new")
    for left in (new, new.with_name(f"{new.name}-journal")):  # by a program that was killed
        left.unlink(missing_ok=True)
    do_not_wait(new)
    open_client(f"sqlite:///{new}")
    wait_for_disk(new)
    new.rename(database)


def _check(database: Path) -> None:
    """Raise OrchestratorError where the file is no database: MLflow would try for two minutes to open it."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
            opened.execute("PRAGMA schema_version")
    except sqlite3.OperationalError:  # locked, say: MLflow knows how to wait
        return
    except sqlite3.DatabaseError as error:
        raise OrchestratorError(
            f"`{database}` is not MLflow's database: {error}",
            hint="move the file away: everything that belongs into it can be written again",
        ) from error


def do_not_wait(database: Path) -> None:
    """Let this program's connections to a database not wait for the disk."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not _OWN:
        event.listen(Engine, "connect", _set)
    _OWN.add(str(database.resolve()))


def _set(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        _, _, file = connection.execute("PRAGMA database_list").fetchone()
        if file in _OWN:
            connection.execute("PRAGMA synchronous = OFF")


def wait_for_disk(database: Path) -> None:
    """Return once all that was written to a database is on the disk."""
    for path in (database, database.parent):
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
