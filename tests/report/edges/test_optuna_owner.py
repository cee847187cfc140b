import sqlite3
from contextlib import closing
from pathlib import Path

import optuna
import pytest
from optuna.storages.journal import JournalFileBackend, JournalStorage

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.report.edges.optuna_file import optuna_bytes
from orchestrator.report.edges.optuna_owner import foreign_studies
from orchestrator.study.objective import Objective
from tests.report.edges.test_search_outcomes import looked


@pytest.mark.parametrize("ending", [".db", ".log"])
def test_a_file_knows_of_which_study_it_is(ending: str, tmp_path: Path) -> None:
    submission, seen = looked(Objective(minimize="loss"), 0.5)
    file = tmp_path / f"s{ending}"
    file.write_bytes(optuna_bytes(RunFolder(tmp_path / "runs"), submission, seen, ending))

    assert foreign_studies(file, "s") == []
    assert foreign_studies(file, "other") == ["s/sweep encoder=vgg16"]


def test_studies_of_others_are_found(tmp_path: Path) -> None:
    file = tmp_path / "o.db"
    optuna.create_study(storage=f"sqlite:///{file}", study_name="mine")

    assert foreign_studies(file, "s") == ["mine"]


def test_studies_of_others_are_found_in_a_journal(tmp_path: Path) -> None:
    file = tmp_path / "o.log"
    optuna.create_study(storage=JournalStorage(JournalFileBackend(str(file))), study_name="mine")

    assert foreign_studies(file, "s") == ["mine"]


def test_other_databases_are_no_storage(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "o.db")) as database:
        database.execute("CREATE TABLE t (x)")

    assert foreign_studies(tmp_path / "o.db", "s") is None


@pytest.mark.parametrize("content", [b"notes", b"", b"{}", b"[1]", b"\xff", b'{"op_code": 0}'])
def test_other_files_are_no_storage(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "o").write_bytes(content)

    assert foreign_studies(tmp_path / "o", "s") is None
