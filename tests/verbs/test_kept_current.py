"""MLflow beside the verbs: current while they go on, never in their way, gone when they are."""

import fcntl
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.toy_fixture import Toy, make_toy
from tests.waiting import PATIENCE_S, wait

pytestmark = pytest.mark.slow

STUDY = """
study: s
axes: {lr: [0.1, 0.2]}
stages:
  a: {task: toy.train, over: [lr]}
"""
HELD = STUDY.replace("over: [lr]", "over: [lr], params: {held: true}")


def rows(toy: Toy, words: str) -> list[tuple[object, ...]]:
    """Return what MLflow's database says; nothing while there is none."""
    file = toy.folder / "runs/mlflow.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro".replace(" ", "%20"), uri=True)) as database:
        return list(database.execute(words))


def states(toy: Toy) -> list[object]:
    return [state for (state,) in rows(toy, "SELECT status FROM runs")]


def beside(verb: subprocess.Popen[bytes]) -> psutil.Process:
    """Return the program that keeps MLflow current."""
    (found,) = (
        child
        for child in psutil.Process(verb.pid).children()
        if any("replay_program" in word for word in child.cmdline())
    )
    return found


def has_ended(program: psutil.Process) -> bool:
    """Say whether a program is over, though nobody has asked how: orphans may be this process's own."""
    try:
        return program.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give a study that was trained, and of which MLflow knows nothing."""
    toy = make_toy(tmp_path_factory.mktemp("trained"))
    toy.study(STUDY)
    toy.type("submit", "study.yaml")
    return toy


@pytest.fixture
def followed(toy: Toy, migrated: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a `submit` that goes on, whose first points MLflow shows already."""
    toy.study(HELD)
    (toy.folder / "runs").mkdir()
    shutil.copy(migrated, toy.folder / "runs/mlflow.db")
    verb = toy.start("submit", "study.yaml", "--mlflow")
    wait(lambda: rows(toy, "SELECT * FROM metrics") or verb.poll() is not None)
    yield verb
    if verb.poll() is None:
        verb.kill()
        verb.wait()


def test_where_mlflow_is_not_wanted_nothing_of_it_is_made(trained: Toy) -> None:
    trained.type("report", "s", "--no-mlflow")

    assert not list((trained.folder / "runs").glob("ml*"))


def test_a_report_is_shown_with_all_trials(trained: Toy) -> None:
    said = trained.type("report", "s", "--mlflow")

    assert states(trained) == ["FINISHED"] * 4
    assert list((trained.folder / "runs/mlartifacts/s").glob("*/artifacts/report/report.html"))
    assert "MLflow" not in said.stdout + said.stderr


def test_a_server_that_is_away_changes_nothing_but_a_note(
    trained: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = trained.type("report", "s").stdout
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    said = trained.type("report", "s", "--mlflow", code=0)

    assert said.stdout == without
    assert said.stderr.splitlines()[-3:-1] == [
        "note: MLflow is not up to date: MLflow at `http://127.0.0.1:9` does not answer",
        "    nothing is lost; this brings it up to date: python -m orchestrator report s",
    ]


@pytest.mark.parametrize(("kept", "notes"), [("s", 0), ("another", 1)])
def test_another_program_that_writes_is_a_note_where_it_will_not_bring_this(
    trained: Toy, kept: str, notes: int
) -> None:
    (trained.folder / "runs/studies/s/mlflow.txt").unlink(missing_ok=True)
    with (trained.folder / "runs/mlflow.lock").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(f"pid 1 on elsewhere\n{kept}")
        file.flush()
        said = trained.type("report", "s", "--mlflow").stderr

    assert said.count("is being written by pid 1 on elsewhere") == notes


def test_points_are_shown_while_trials_go_on_and_their_end_afterwards(
    toy: Toy, followed: subprocess.Popen[bytes]
) -> None:
    before = set(states(toy))
    toy.let_go()

    assert followed.wait(PATIENCE_S) == 0
    assert (before, set(states(toy))) == ({"RUNNING"}, {"FINISHED"})


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_it_ends_with_its_verb(
    toy: Toy, followed: subprocess.Popen[bytes], number: signal.Signals, code: int
) -> None:
    program = beside(followed)
    followed.send_signal(number)

    assert followed.wait(PATIENCE_S) == code
    wait(lambda: has_ended(program))
    toy.type("cancel", "s")


def test_a_watch_brings_it_up_to_date_too(trained: Toy) -> None:
    for file in Path(trained.folder / "runs").glob("mlflow.*"):
        file.unlink()
    trained.type("watch", "s", "--mlflow")

    assert states(trained) == ["FINISHED"] * 4
