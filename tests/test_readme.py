"""The README's example works as printed, and the README names every verb."""

import os
import re
import signal
from pathlib import Path

import pytest

from orchestrator.cli import app
from tests.toy_fixture import Toy

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
HELD = """\
        while saved.exists() and not (context.checkpoint.parents[4] / "go").exists():
            __import__("time").sleep(0.02)
"""


def block(language: str) -> str:
    """Return the first code block of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)[0]


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
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert re.search(rf"`{verb}[ `]|orchestrator {verb}\b", README)


@pytest.mark.parametrize("path", re.findall(r"\]\(([A-Z]\w+\.md)\)", README))
def test_links_lead_somewhere(path: str) -> None:
    assert (Path(__file__).resolve().parents[1] / path).is_file()
