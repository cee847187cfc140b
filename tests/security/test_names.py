"""A name in a study, report or profile is a name: never a path, an option, a command or a second line."""

import json
from pathlib import Path

import pytest

from orchestrator.messages.errors import StudyFileError, UserError
from orchestrator.places.profile_file import find_profile
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.study.read import read_study
from tests.toy_fixture import Toy

BAD = {
    "up": "../x",
    "absolute": "/tmp/x",
    "inside": "a/b",
    "space": "a b",
    "newline": "a\nb",
    "newline at the end": "a\n",
    "NUL": "a\0b",
    "long": "a" * 300,
    "another alphabet": "\N{CYRILLIC SMALL LETTER A}dmin",
    "dash": "-rf",
    "dot": ".hidden",
    "nothing": "",
    "format": "{0.__class__}",
    "shell": "$(touch canary)",
    "two commands": "a;touch canary",
}


@pytest.fixture(params=list(BAD.values()), ids=list(BAD))
def bad(request: pytest.FixtureRequest) -> str:
    """Give a name that would be something else."""
    return str(request.param)


@pytest.mark.parametrize("key", ["study", "stage", "task"])
def test_names_of_a_study(tmp_path: Path, bad: str, key: str) -> None:
    names = {"study": "s", "stage": "a", "task": "tests.toy_tasks.train", key: bad}
    study = {"study": names["study"], "stages": {names["stage"]: {"task": names["task"]}}}
    (tmp_path / "s.yaml").write_text(json.dumps(study), encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"s\.yaml"):
        read_study(tmp_path / "s.yaml")


def test_ids_of_a_report(tmp_path: Path, bad: str) -> None:
    table = {"id": bad, "title": "T", "stage": "a", "metric": "m", "rows": [{"label": "r"}]}
    text = json.dumps({"tables": [{**table, "columns": [{"label": "c"}]}]})
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"r\.yaml"):
        read_report_files([tmp_path / "r.yaml"])


NOT_NAMES = {
    word: BAD[word] for word in ("space", "newline", "newline at the end", "NUL", "long", "dash", "nothing")
}


@pytest.mark.parametrize("value", NOT_NAMES.values(), ids=NOT_NAMES)
@pytest.mark.parametrize("key", ["name", "partition", "account", "gres"])
def test_values_of_a_profile(tmp_path: Path, key: str, value: str) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps({"name": "p", key: value}), encoding="utf-8")

    with pytest.raises(UserError, match=key):
        find_profile(str(tmp_path / "p.yaml"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("comment", "a\ntouch canary"),
        ("comment", "a\r"),
        ("comment", ["a"]),
        ("comment", {"a": 1}),
        ("comment=x\ntouch canary\n#", "a"),
        ("a b", "a"),
        ("", "a"),
    ],
)
def test_options_of_a_profile(tmp_path: Path, option: str, value: object) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps({"name": "p", "sbatch": {option: value}}), encoding="utf-8")

    with pytest.raises(UserError, match="sbatch"):
        find_profile(str(tmp_path / "p.yaml"))


@pytest.mark.parametrize("words", [("cancel",), ("ui",)])
def test_a_study_that_is_named_as_a_path_is_not_found(toy: Toy, words: tuple[str, ...]) -> None:
    (toy.folder / "runs" / "studies").mkdir(parents=True)
    (toy.folder / "elsewhere").mkdir()
    (toy.folder / "elsewhere" / "study.json").write_text("{}")
    done = toy.type(*words, "../../elsewhere", code=2)

    assert "`../../elsewhere` is neither the name of a study nor a study file" in done.stderr
