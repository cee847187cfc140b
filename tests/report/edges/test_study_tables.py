from pathlib import Path

import pytest

from orchestrator.report.edges.study_tables import study_tables
from tests.observations import gather, observe

REPORT = """
labels: {net: {a: Net A}}
tables:
  - {id: t, title: T, stage: segment, where: {net: a}, metric: iou, rows: [{over: [lr]}],
     columns: [{label: IoU}]}
"""
ONE = observe({"iou": 0.5}, net="a", lr=0.1)
SEEN = gather(ONE, observe({"iou": 0.7}, net="b", lr=0.1))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.yaml"
    file.write_text(REPORT)
    return file


def test_declared_tables_come_first_then_one_for_each_stage(report: Path) -> None:
    assert [table.id for table in study_tables([report], SEEN)] == ["t", "segment"]


def test_a_declared_id_goes_before_that_of_a_stage(tmp_path: Path) -> None:
    file = tmp_path / "report.yaml"
    file.write_text(REPORT.replace("id: t,", "id: segment,"))

    (table,) = study_tables([file], SEEN)
    assert table.definition is not None


def test_what_all_cells_have_in_common_is_told_by_label_and_value(report: Path) -> None:
    declared, plain = study_tables([report], SEEN)

    assert (declared.fixed, plain.fixed) == (["Net A", "a"], [])


def test_a_table_is_made_with_other_results(report: Path) -> None:
    table = study_tables([report], SEEN)[0].with_metrics({ONE.trial.id: {"iou": 0.6}}).build()

    assert table.rows[0].cells[0].value == 0.6
