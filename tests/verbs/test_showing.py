import json
from pathlib import Path

import pytest

from tests.verbs.conftest import Type


def test_tables_are_printed_and_written(before: Type) -> None:
    done = before("report", "before")

    assert done.code == 0
    assert "train" in done.out
    assert done.err.endswith("runs/studies/before/report/report.html\n")


def test_scripts_get_the_tables(before: Type) -> None:
    assert (
        len(json.loads(before("report", "before", "--json").out)["tables"]) == 5
    )  # two of the search; of `failing` there is none


def test_a_report_may_be_written_elsewhere(before: Type) -> None:
    before("report", "before", "--out", "tables")

    assert Path("tables/report.md").is_file()


@pytest.mark.parametrize("out", ["study.yaml", "loop"])
def test_a_report_is_written_to_a_folder(before: Type, out: str) -> None:
    Path("loop").symlink_to("loop")
    done = before("report", "before", "--out", out)

    assert done.code == 2
    assert done.err.startswith(f"error: `{out}` is no folder\n")


def test_without_a_study_there_is_nothing_to_show(type_: Type) -> None:
    done = type_("ui")

    assert done.code == 2
    assert done.err == "error: there is no study in runs yet\nhint: submit one first\n"


def test_a_folder_that_cannot_be_written_ends_with_1(before: Type) -> None:
    done = before("report", "before", "--out", "study.yaml/tables")

    assert done.code == 1
    assert done.err.startswith("error: Not a directory: `study.yaml/tables`\nhint: mend it, or name another")


@pytest.mark.parametrize("port", ["-1", "0", "80000"])
def test_a_port_that_there_cannot_be_is_refused(before: Type, port: str) -> None:
    assert before("ui", "--port", port).code == 2


def test_a_paper_takes_in_all_tables(before: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = before("report", "before", "--paper", "--text-width", "252")
    paper = Path("runs/studies/before/report/paper")

    assert done.code == 0
    assert done.err.endswith("pdflatex paper.tex\n")
    assert r"\input{tables/train}" in (paper / "paper.tex").read_text()
    assert "252pt wide" in (paper / "tables" / "train.tex").read_text()
