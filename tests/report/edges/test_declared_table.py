from pathlib import Path

import pytest

from orchestrator.messages.errors import NotFoundError, StudyFileError
from orchestrator.report.edges.declared_table import declared_table
from tests.observations import gather, observe

MATERIAL = gather(observe({"iou": 0.5}, hair=True))
LINE = "rows: [{over: [hair]}], columns: [{label: IoU}]"


def file(folder: Path, text: str) -> list[Path]:
    path = folder / "report.yaml"
    path.write_text(text)
    return [path]


def test_a_table_is_found_by_its_id(tmp_path: Path) -> None:
    reports = file(tmp_path, f"tables: [{{id: one, title: One, stage: segment, metric: iou, {LINE}}}]\n")

    assert declared_table("one", reports, MATERIAL).rows[0].cells[0].value == 0.5


def test_a_table_that_no_file_declares_is_told() -> None:
    with pytest.raises(NotFoundError) as raised:
        declared_table("losses", [], MATERIAL)

    assert raised.value.hint == "the tables are: none"


def test_a_wrong_file_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match=r"report.yaml:1: tables\[0\]"):
        declared_table("one", file(tmp_path, "tables: [{id: one}]\n"), MATERIAL)
