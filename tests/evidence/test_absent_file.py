import pytest

from orchestrator.evidence.absent_file import absent_files
from orchestrator.evidence.evidence import Failure

OF_PYTHON = "FileNotFoundError: [Errno 2] No such file or directory: "
WORK = "/runs/trials/ab/toy.train-ab/attempts/001/work"
CODE = "/runs/studies/toy/code/0123456789ab"


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (f"{OF_PYTHON}'labels.csv'", ["labels.csv"]),
        (f"{OF_PYTHON}'./configs/a b.yaml'", ["configs/a b.yaml"]),
        (f'{OF_PYTHON}"it\'s.csv"', ["it's.csv"]),
        (f"{OF_PYTHON}'{WORK}/labels.csv'", ["labels.csv"]),
        (f"{OF_PYTHON}'{CODE}/labels.csv'", ["labels.csv"]),
        ("`cat` ended with exit code 1: cat: labels.csv: No such file or directory", ["labels.csv"]),
        ("ls: cannot access 'labels.csv': No such file or directory", ["labels.csv"]),
        (f"python: can't open file '{WORK}/x.py': [Errno 2] No such file or directory", ["x.py"]),
        (f"{OF_PYTHON}'/data/labels.csv'", []),
        (f"{OF_PYTHON}'../labels.csv'", []),
        (f"{OF_PYTHON}''", []),
        ("ValueError: no labels", []),
    ],
)
def test_a_failure_names_the_files_of_the_project_that_it_did_not_find(
    message: str, names: list[str]
) -> None:
    assert absent_files(Failure(kind="data_error", message=message)) == names


def test_a_file_that_the_message_and_the_traceback_name_is_one() -> None:
    failure = Failure(kind="x", message=f"{OF_PYTHON}'a'", traceback=f"Tr\n{OF_PYTHON}'a'\n{OF_PYTHON}'b'\n")

    assert absent_files(failure) == ["a", "b"]
