from pathlib import Path

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.command import split
from orchestrator.study.edges.command_files import check_files, scripts
from orchestrator.study.study_file import StudyFile


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python train.py --lr 1", ["train.py"]),
        ("/usr/bin/python3.11 src/train.py x.py", ["src/train.py"]),
        ("Rscript fit.R", ["fit.R"]),
        ("./run.sh a.py", ["./run.sh"]),
        ("python -m train", []),
        ("python -c print(1.5)", []),
        ("bash -c ./run.sh", []),
        ("make all.py", []),
        ("python ${script}", []),
        ("torchrun --nproc_per_node 2 train.py", []),
    ],
)
def test_scripts_are_what_a_program_with_a_folder_or_an_interpreter_runs(
    command: str, found: list[str]
) -> None:
    words = split(command)
    assert isinstance(words, list)

    assert list(scripts(words)) == found


def told(command: str) -> tuple[list[str], list[str]]:
    """Return what is wrong with a command, and what there is to warn of."""
    problems, warnings = Problems(lambda _: ""), Problems(lambda _: "")
    check_files(
        StudyFile.model_validate({"study": "s", "stages": {"a": {"command": command}}}), problems, warnings
    )
    return [str(problem) for problem in problems.found], [str(problem) for problem in warnings.found]


def test_a_script_that_is_not_there_is_told_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.py").touch()

    assert (
        "there is no file `trian.py` in this folder\n    hint: did you mean `train.py`?"
        in told("python trian.py")[0][0]
    )


def test_a_program_that_is_not_here_may_be_elsewhere() -> None:
    assert "there is no program `nowhere-to-be-found`" in told("nowhere-to-be-found x")[1][0]


def test_a_script_that_is_there_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.py").touch()

    assert told("python train.py") == ([], [])
