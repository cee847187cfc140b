from pathlib import Path

import pytest

from orchestrator.tracking.mlflow_records import LARGEST_COPY
from orchestrator.tracking.report_files import ReportFiles


def stamps(folder: Path) -> list[str]:
    return [file.stamp for file in ReportFiles(folder).attached()]


def test_files_keep_their_places_below_report(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/t.csv").write_text("a,b")

    assert [file.name for file in ReportFiles(tmp_path).attached()] == ["report/tables/t.csv"]


def test_without_a_report_there_is_nothing(tmp_path: Path) -> None:
    assert not ReportFiles(tmp_path / "report").attached()


@pytest.mark.parametrize(
    ("made", "again"),
    [
        ("Report of 2026-11-27 08:00.</p>", "Report of 2026-11-28 09:30.</p>"),
        ("<< /CreationDate (D:20261127080000Z) >>", "<< /CreationDate (D:20261128080000Z) >>"),
    ],
)
def test_a_report_that_is_made_again_and_says_the_same_is_the_same(
    tmp_path: Path, made: str, again: str
) -> None:
    (tmp_path / "report.html").write_text(made)
    before = stamps(tmp_path)
    (tmp_path / "report.html").write_text(again)

    assert stamps(tmp_path) == before


def test_another_number_makes_it_another(tmp_path: Path) -> None:
    files = ReportFiles(tmp_path)
    (tmp_path / "report.md").write_text("0.75")
    before = files.attached()
    (tmp_path / "report.md").write_text("0.7")

    assert files.attached() != before


def test_what_is_too_large_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_bytes(b"x" * (LARGEST_COPY + 1))
    (listed,) = ReportFiles(tmp_path).attached()

    assert listed.name == "report/only_there.txt"
    assert f"report.html  only at {tmp_path}/report.html" in listed.text


def test_what_leads_elsewhere_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "report/report.md").symlink_to(tmp_path / "secret")

    assert not ReportFiles(tmp_path / "report").attached()
