"""What a shell offers, asked as bash asks."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.toy_fixture import environment
from tests.verbs.conftest import Type

Offered = Callable[[str], list[str]]

COMPOSED = "study: both\nstudies: [one.yaml, two.yml]\n"
PART = "study: {name}\nstages: {{train: {{task: toy.train}}, use: {{task: toy.use}}}}\n"
HEAVY = {"mlflow", "optuna", "pandas", "torch", "toy"}
ASKED = f"""
import sys
from orchestrator.cli import main
try:
    main()
except SystemExit:
    print(sorted({HEAVY} & set(sys.modules)))
"""


@pytest.fixture
def offered(before: Type, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Give what asks for the words that may stand at the end of a line, beside the study `before`."""

    def ask(line: str) -> list[str]:
        monkeypatch.setenv("COMP_WORDS", f"orchestrator {line}")
        monkeypatch.setenv("COMP_CWORD", str(len(f"orchestrator {line}|".split()) - 1))
        monkeypatch.setenv("_ORCHESTRATOR_COMPLETE", "complete_bash")
        monkeypatch.setattr(sys, "stderr", sys.stderr)  # it is closed to all words
        said = before()
        assert (said.code, said.err) == (0, "")
        return said.out.split()

    return ask


@pytest.fixture
def studies(tmp_path: Path) -> None:
    """Write a composed study and its parts, which lie in a folder."""
    folder = tmp_path / "grids"
    folder.mkdir()
    (folder / "both.yaml").write_text(COMPOSED)
    (folder / "one.yaml").write_text(PART.format(name="one"))
    (folder / "two.yml").write_text(PART.format(name="two"))
    (folder / "notes.txt").write_text("")
    (tmp_path / "toy.py").write_text("raise SystemExit('a task was imported')")


@pytest.mark.usefixtures("studies")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sub", ["submit"]),
        ("plan ", ["study.yaml", "grids/both.yaml", "grids/one.yaml", "grids/two.yml"]),
        ("plan gr", ["grids/both.yaml", "grids/one.yaml", "grids/two.yml"]),
        ("plan grids/o", ["grids/one.yaml"]),
        ("plan nowhere/", []),
        ("status b", ["before"]),
        ("status --runs nowhere b", []),
        ("why 06", ["0662caba8a7859c4"]),
        ("logs 06", ["0662caba8a7859c4"]),
        ("retry 06", ["0662caba8a7859c4"]),
        ("retry be", ["before"]),
        ("cancel before 06", ["0662caba8a7859c4"]),
        ("plan grids/one.yaml --fresh ", ["train", "use"]),
        ("submit grids/both.yaml --only one", ["one.train", "one.use", "one"]),
        ("plan broken.yaml --only ", []),
        ("plan --only ", []),
        ("submit study.yaml --cluster l", ["local"]),
        ("results before --where ", ["lr=", "seed=", "stage=", "state="]),
        ("results unknown --where ", []),
        ("table before --rows ", ["lr", "seed"]),
        ("table before --stage tr", ["train"]),
        ("best before ", ["sweep", "train", "final", "failing"]),
        ("best before f", ["final", "failing"]),
        ("schema p", ["profile"]),
    ],
)
def test_a_shell_offers(offered: Offered, line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_trials_in_folders_by_their_digits_are_offered(offered: Offered, tmp_path: Path) -> None:
    (tmp_path / "runs/trials/ab/toy.train-ab12").mkdir(parents=True)
    (tmp_path / "runs/trials/cd/toy.train-cd12").mkdir(parents=True)

    assert offered("why ab1") == ["ab12"]


def test_profiles_are_offered(offered: Offered, tmp_path: Path) -> None:
    (tmp_path / "slurm").mkdir()
    (tmp_path / "slurm/mine.yaml").write_text("name: mine\n")

    assert offered("doctor --cluster ") == ["local", "mine"]


def test_nothing_is_said_where_the_folder_is_gone(
    type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("_ORCHESTRATOR_COMPLETE", "complete_bash")
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    said = type_()

    assert (said.out, said.err) == ("", "")


@pytest.mark.usefixtures("studies", "before")
@pytest.mark.parametrize(
    "line", ["plan grids/both.yaml --only o", "results before --where l", "why 0", "best before f"]
)
def test_nothing_heavy_and_no_task_is_imported(tmp_path: Path, line: str) -> None:
    asked = {"COMP_WORDS": f"orchestrator {line}", "COMP_CWORD": str(len(line.split()))}
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=tmp_path,
        env={**environment(), **asked, "_ORCHESTRATOR_COMPLETE": "complete_bash"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"
    assert len(done.stdout.splitlines()) > 1


BASH = """
eval "$(python -m orchestrator --show-completion bash)"
complete -p orchestrator
COMP_WORDS=(orchestrator why 06)
COMP_CWORD=2
_orchestrator_completion orchestrator
echo "${COMPREPLY[@]}"
"""


@pytest.mark.usefixtures("before")
def test_bash_completes_what_it_was_shown(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, words in (("python", ""), ("orchestrator", "-m orchestrator")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (programs / name).chmod(0o755)
    own = environment()
    done = subprocess.run(
        ["bash", "-c", BASH],
        cwd=tmp_path,
        env={**own, "PATH": f"{programs}:{own['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == [
        "complete -o default -F _orchestrator_completion orchestrator",
        "0662caba8a7859c4",
    ]
