import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from orchestrator.messages.errors import OrchestratorError
from orchestrator.tracking.edges.own_database import do_not_wait, make_whole


def make_with_a_table(uri: str) -> None:
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as database:
        database.execute("CREATE TABLE runs (number TEXT)")
        database.commit()


def fail_halfway(uri: str) -> None:
    make_with_a_table(uri)
    raise KeyboardInterrupt


def tables(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as rows:
        return [name for (name,) in rows.execute("SELECT name FROM sqlite_master")]


def test_a_database_that_is_not_made_whole_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make_whole(tmp_path / "mlflow.db", fail_halfway)

    assert not (tmp_path / "mlflow.db").exists()


def test_what_a_killed_program_left_is_begun_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        make_whole(tmp_path / "mlflow.db", fail_halfway)
    make_whole(tmp_path / "mlflow.db", make_with_a_table)

    assert tables(tmp_path / "mlflow.db") == ["runs"]


def test_one_that_is_there_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as mine:
        mine.execute("CREATE TABLE mine (number TEXT)")
    make_whole(tmp_path / "mlflow.db", make_with_a_table)

    assert tables(tmp_path / "mlflow.db") == ["mine"]


def test_what_is_no_database_is_refused_and_left(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("mine")

    with pytest.raises(OrchestratorError, match="is not MLflow's database"):
        make_whole(tmp_path / "mlflow.db", make_with_a_table)
    assert (tmp_path / "mlflow.db").read_text() == "mine"


@pytest.mark.parametrize(("name", "waits"), [("mlflow.db", 0), ("optuna.db", 2)])
def test_only_our_own_is_written_without_a_wait(tmp_path: Path, name: str, waits: int) -> None:
    from sqlalchemy import create_engine

    do_not_wait(tmp_path / "mlflow.db")
    with create_engine(f"sqlite:///{tmp_path / name}").connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == waits
