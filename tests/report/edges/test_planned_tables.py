from pathlib import Path

import pytest

from orchestrator.evidence.judge import judge
from orchestrator.report.edges.planned_tables import planned_notes
from orchestrator.study.plan import Known, expand
from orchestrator.study.read import read_study

STUDY = """
study: toy
axes: {opt: [sgd, adam], seed: [0, 1, 2]}
stages: {train: {command: "true ${opt}", over: [opt, seed], metrics: {acc: 'acc ([0-9.]+)'}}}
"""
TABLE = """
tables:
  - {id: main, title: M, stage: train, metric: acc, compare: COMPARE,
     rows: [{over: [opt]}], columns: [{label: acc}]}
"""


def notes(tmp_path: Path, table: str) -> list[str]:
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "report.yaml").write_text(table)
    study = read_study(tmp_path / "study.yaml").study
    return planned_notes([str(tmp_path / "report.yaml")], study, judge(expand(study, Known()), {}))


@pytest.mark.parametrize(
    ("compare", "begins"),
    [
        ("{to: sgd, test: wilcoxon}", "table `main`: 3 pairs by seed cannot show a difference"),
        ("sdg", "table `main`: `compare: sdg`: no other row or column has the value or label `sdg`"),
    ],
)
def test_what_shows_before_the_training_is_told(tmp_path: Path, compare: str, begins: str) -> None:
    (told,) = notes(tmp_path, TABLE.replace("COMPARE", compare))

    assert told.startswith(begins)


def test_what_is_so_of_several_tables_is_told_once(tmp_path: Path) -> None:
    table = TABLE.replace("COMPARE", "{to: sgd, test: wilcoxon}")
    second = table.partition("tables:")[2].replace("main", "second")

    (told,) = notes(tmp_path, table + second.lstrip("\n"))

    assert told.startswith("tables `main`, `second`: 3 pairs by seed cannot")


def test_a_table_that_can_show_something_needs_no_word(tmp_path: Path) -> None:
    assert notes(tmp_path, TABLE.replace("COMPARE", "sgd")) == []


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (told,) = notes(tmp_path, "tables: 3")

    assert told.endswith("report.yaml is no report file as it should be: `submit` tells what is wrong")
