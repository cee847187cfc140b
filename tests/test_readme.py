"""The first example works as printed, README is short, and every verb and link is there."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.cli import app
from orchestrator.study.read import read_study
from tests.toy_fixture import Toy, environment

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
START = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
HELD = """\
        while saved.exists() and not (context.checkpoint.parents[4] / "go").exists():
            __import__("time").sleep(0.02)
"""


def block(language: str) -> str:
    """Return the first code block of a language on the page to start with."""
    return re.findall(rf"```{language}\n(.*?)```", START, flags=re.DOTALL)[0]


@pytest.mark.slow
def test_the_example_trains_and_reports(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(block("python"))
    toy.study(block("yaml"))
    toy.type("submit", "study.yaml")

    assert len(toy.json("report", "toy")["tables"][0]["rows"]) == 3


@pytest.mark.slow
def test_the_example_goes_on_where_it_was_stopped(toy: Toy) -> None:
    slow = block("python").replace("        x -=", f"{HELD}        x -=")
    (toy.folder / "toy.py").write_text(slow)
    toy.study(block("yaml").replace("[0.01, 0.1, 0.4]", "[0.1]").replace("[0, 1]", "[0]"))
    submit = toy.start("submit", "study.yaml")
    toy.wait(lambda: any((toy.folder / "runs").glob("trials/*/*/checkpoint/state.txt")))
    submit.terminate()
    for started in (toy.folder / "runs").glob("studies/toy/jobs/*/started-*"):
        os.kill(int(started.read_text().split(":")[2]), signal.SIGKILL)
    toy.let_go()
    toy.type("submit", "study.yaml")
    trial = toy.trials("toy")[0]

    assert trial["attempts"] == 2
    assert toy.result(trial["id"])["metrics"]["loss"] == pytest.approx(0.8**60, rel=1e-9)


def test_the_example_is_short() -> None:
    assert len(block("python").splitlines()) <= 24


VERBS = [
    *(
        "plan",
        "submit",
        "status",
        "watch",
        "why",
        "logs",
        "advance",
        "cancel",
        "retry",
        "clean",
        "report",
        "table",
        "best",
        "results",
        "ui",
        "export",
        "reproduce",
        "compare",
    ),
    *("doctor", "drill", "schema"),
]


def test_no_verb_comes_or_goes_unnoticed() -> None:
    names = [command.name or command.callback.__name__ for command in app.registered_commands]  # type: ignore[union-attr]  # typer has both

    assert names == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_on_the_page_to_start_with(verb: str) -> None:
    assert re.search(rf"^\| `{verb}[ `]", START, flags=re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([\w/.]+)[^)]*\)", README))))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).is_file()


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 100


def test_the_study_of_the_readme_is_the_one_that_ships(tmp_path: Path) -> None:
    (written,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "digits.yaml").write_text(written.replace("report: ../reports/digits.yaml\n", ""))
    shown, ships = (read_study(path).study for path in (tmp_path / "digits.yaml", ROOT / "grids/digits.yaml"))

    assert [point.params for point in shown.stages[0].points] == [
        point.params for point in ships.stages[0].points
    ]


def test_the_program_orchestrator_is_the_same() -> None:
    ways = [[str(Path(sys.executable).with_name("orchestrator"))], [sys.executable, "-m", "orchestrator"]]
    said = [
        subprocess.run([*way, "schema"], capture_output=True, env=environment(), check=True).stdout
        for way in ways
    ]

    assert said[0] == said[1]
    assert said[0].startswith(b"{")
