"""The schemas that are printed."""

import json
from pathlib import Path

import pytest

from tests.schemas.valid import ROOT, wrong
from tests.verbs.conftest import Type


@pytest.mark.parametrize("kind", ["study", "report", "profile"])
def test_what_is_printed_is_what_ships(type_: Type, kind: str) -> None:
    said = type_("schema", kind)

    assert (said.code, said.err) == (0, "")
    assert said.out == (ROOT / f"orchestrator/schemas/{kind}.json").read_text()


def test_a_study_adds_the_parameters_of_its_tasks(type_: Type, path: Path) -> None:
    said = type_("schema", "--study", str(path))
    text = path.read_text().replace("metric: m", "metrik: m")

    assert said.code == 0
    assert wrong(json.loads(said.out), text) == ["stages.data.params"]


def test_what_is_wrong_with_a_study_is_left_out_and_told(type_: Type, path: Path) -> None:
    path.write_text(path.read_text().replace("tests.toy_tasks.train", "tests.toy_tasks.trian"))
    said = type_("schema", "study", "--study", str(path))

    assert said.code == 0
    assert said.err.startswith(f"note: left out: {path}:5: ")
    assert wrong(json.loads(said.out), path.read_text().replace("metric: m", "metrik: m"))


def test_a_study_says_nothing_of_reports(type_: Type) -> None:
    said = type_("schema", "report", "--study", "study.yaml")

    assert (said.code, said.out) == (2, "")
    assert "hint: type: python -m orchestrator schema study --study study.yaml" in said.err


def test_a_study_that_is_not_there_is_told(type_: Type) -> None:
    said = type_("schema", "--study", "study.yaml")

    assert (said.code, said.out) == (2, "")
    assert "there is no file `study.yaml`" in said.err
