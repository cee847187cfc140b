import json
import shutil
from pathlib import Path

from tests.verbs.conftest import Type


def test_a_study_is_the_same_as_itself(before: Type) -> None:
    said = before("compare", "before", "before")

    assert said.code == 0
    assert "Nothing: the same stages, axes, parameters and code." in said.out


def test_one_name_in_two_run_folders_is_told_apart(before: Type) -> None:
    shutil.copytree("runs", "archive")
    result = next(Path("archive/trials").glob("*0317b4be4fda41ce/result.json"))
    values = json.loads(result.read_text())
    values["metrics"] = {name: value + 1 for name, value in values["metrics"].items()}
    result.write_text(json.dumps(values))
    said = before("compare", "before", "before", "--runs-b", "archive")

    assert said.out.startswith(f"# before in {Path('runs').resolve()} (A) and before in ")
    assert "metrics of trials that both have are not the same" in said.out


def test_scripts_get_the_tables(before: Type) -> None:
    found = json.loads(before("compare", "before", "before", "--json").out)

    assert [table["id"] for table in found["tables"]] == ["train", "sweep", "final"]


def test_only_trials_may_be_asked_for(before: Type) -> None:
    assert "## Tables" not in before("compare", "before", "before", "--trials").out


def test_an_unknown_study_is_told(before: Type) -> None:
    said = before("compare", "before", "befor")

    assert (said.code, said.out) == (2, "")
    assert "no study `befor`" in said.err
