"""`ui` typed on a study of many trials: its page opens at once, and Ctrl-C ends all of it."""

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.record_file import write_beside
from orchestrator.tracking.edges.mlflow_server import answers
from tests.toy_fixture import environment
from tests.tracked_study import claim, finish, look, points, stage, submission
from tests.waiting import PATIENCE_S, wait

MANY = submission("many", stage("train", points(encoder=["vgg16"], seed=list(range(600)))))


@dataclass(frozen=True)
class Typed:
    """A `ui` that goes on."""

    runs: Path
    program: subprocess.Popen[bytes]

    def said(self) -> str:
        return (self.runs / "typed.log").read_text()

    def page(self) -> str:
        """Return the address that it has said; empty before."""
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said())
        return found.group() if found else ""

    def shown(self) -> int:
        """Return how many runs MLflow shows."""
        with closing(sqlite3.connect(f"file:{self.runs}/mlflow.db?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM runs").fetchone()[0])

    def interrupt(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.program.send_signal(number)
        return self.program.wait(PATIENCE_S)


@pytest.fixture
def typed(tmp_path: Path, migrated: Path) -> Iterator[Typed]:
    runs = RunFolder(tmp_path)
    shutil.copy(migrated, tmp_path / "mlflow.db")
    write_beside(runs.study("many") / "study.json", MANY.model_dump_json())
    for trial in look(runs, MANY).plan.trials:
        claim(runs, trial)
        finish(runs, trial, {"iou": 0.5})
    words = [sys.executable, "-m", "orchestrator", "ui", "--runs", str(tmp_path)]
    with (tmp_path / "typed.log").open("wb") as log:
        program = subprocess.Popen(words, env=environment(), stdout=log, stderr=log)
    typed = Typed(tmp_path, program)
    wait(lambda: typed.page() or program.poll() is not None)
    yield typed
    program.terminate()
    program.wait()


@pytest.mark.slow
def test_the_page_is_open_while_trials_are_still_written(typed: Typed) -> None:
    assert typed.shown() < 600
    assert answers(typed.page())
    wait(typed.shown)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_an_end_in_the_middle_leaves_no_server(typed: Typed, number: signal.Signals, code: int) -> None:
    page = typed.page()
    wait(typed.shown)

    assert typed.interrupt(number) == code
    wait(lambda: not answers(page))
    assert "Traceback" not in typed.said()
