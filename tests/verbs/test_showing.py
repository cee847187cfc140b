import json
from pathlib import Path

import pytest

from tests.verbs.conftest import Type


def test_tables_are_printed_and_written(before: Type) -> None:
    done = before("report", "before")

    assert done.code == 0
    assert "train" in done.out
    assert "runs/studies/before/report/report.html\nnext: python -m orchestrator ui before\n" in done.err


def test_scripts_get_the_tables(before: Type) -> None:
    tables = json.loads(before("report", "before", "--json").out)["tables"]

    assert [one["id"] for one in tables] == ["train", "final", "search_sweep_best", "search_sweep_budget"]


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
    assert "error: Not a directory: `study.yaml/tables`\nhint: mend it, or name another" in done.err


@pytest.mark.parametrize("port", ["-1", "0", "80000"])
def test_a_port_that_there_cannot_be_is_refused(before: Type, port: str) -> None:
    assert before("ui", "--port", port).code == 2


def test_report_files_are_read_as_they_are_named_now(before: Type) -> None:
    lines = "rows: [{over: [lr]}], columns: [{label: L}]"
    Path("report.yaml").write_text(f"tables: [{{id: n, title: Now, stage: train, metric: loss, {lines}}}]\n")
    with Path("study.yaml").open("a") as file:
        file.write("report: report.yaml\n")
    done = before("report", "study.yaml")

    assert "### Now" in done.out
    assert "names them now: `report.yaml`; at the last submit: none\n" in done.err


def test_where_unlike_trials_are_compared_a_strict_report_fails(before: Type) -> None:
    """Each result says that other code made it."""
    for number, file in enumerate(sorted(Path("runs").glob("trials/*/result.json"))):
        file.write_text(json.dumps({**json.loads(file.read_text()), "code": f"c{number}"}))
    done = before("report", "before", "--strict")

    assert done.code == 1
    assert "trials that are unlike in more than what is compared\n" in done.err


def test_where_trials_are_alike_a_strict_report_is_fine(before: Type) -> None:
    assert before("report", "before", "--strict").code == 0


def test_a_report_file_may_be_given_for_once(before: Type) -> None:
    Path("other.yaml").write_text("tables: [{id: x}]\n")
    done = before("report", "before", "--report", "other.yaml")

    assert done.code == 2
    assert "other.yaml:1: tables[0]" in done.err


def test_what_is_not_printed_is_in_the_files_and_named(before: Type) -> None:
    main, whole = before("report", "before"), before("report", "before", "--all")

    assert "![" in whole.out
    assert "![" not in main.out
    assert "not printed: 5 figures; `--all` prints every table\n" in main.err
    assert whole.out.strip() == Path("runs/studies/before/report/report.md").read_text().strip()


def test_a_paper_takes_in_all_tables(before: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = before("report", "before", "--paper", "--text-width", "252")
    paper = Path("runs/studies/before/report/paper")

    assert done.code == 0
    assert "pdflatex paper.tex\n" in done.err
    assert r"\input{tables/train}" in (paper / "paper.tex").read_text()
    assert "252pt wide" in (paper / "tables" / "train.tex").read_text()
