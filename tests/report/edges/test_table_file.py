from pathlib import Path

import pytest

from orchestrator.messages.errors import StudyFileError
from orchestrator.report.edges.table_file import read_reference, read_report_files
from orchestrator.study.names import Names

REPORTS = Path(__file__).resolve().parents[3] / "reports"
DEFINITIONS = sorted(set(REPORTS.glob("*.yaml")) - {REPORTS / "reference_results.yaml"})
REFERENCE = """
tables:
- {id: s.table_1, title: T, where: Table 1, columns: [LFW/hair], rows: [{row: Control, values: [0.6]}]}
inconsistencies:
- {id: I-1, finding: f, resolution: r}
"""
GOOD = """reference: reference.yaml
tables:
  - id: one
    title: One
    stage: segment
    metric: val_iou
    rows: [{over: [pretrain]}]
    columns:
      - {label: Hair, where: {hair: true}}
    reference: s.table_1
    footnotes: [I-1]
"""


def problems(folder: Path, text: str) -> list[str]:
    (folder / "reference.yaml").write_text(REFERENCE)
    (folder / "tables.yaml").write_text(text)
    with pytest.raises(StudyFileError) as caught:
        read_report_files([folder / "tables.yaml"])
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    stage: segment", "    stge: segment", "tables.yaml:5: tables[0].stge: unknown key `stge`"),
        ("    stage: segment", "    stge: segment", "did you mean `stage`?"),
        ("    title: One\n", "", "tables.yaml:3: tables[0].title: `title` is missing"),
        ("    metric: val_iou\n", "", "no metric: give `metric` for all cells"),
        ("{label: Hair,", "{lable: Hair,", "tables.yaml:9: tables[0].columns[0].lable: unknown key `lable`"),
        (
            "{label: Hair,",
            "{combine: {a: max}, label: Hair,",
            "combine.a: `max` is not allowed here\n    hint: allowed: `sum`, `mean`",
        ),
        ("{label: Hair,", "{lable: Hair,", "did you mean `label`?"),
        (
            "{over: [pretrain]}",
            "{over: pretrain}",
            "tables.yaml:7: tables[0].rows[0].over: `pretrain` is",
        ),
        ("s.table_1", "s.table_2", "`s.table_2` is no reference table\n    hint: did you mean `s.table_1`?"),
        ("s.table_1", "{table: s.table_1, columns: {Hair: LFW/hat}}", "`LFW/hat` is no column of s.table_1"),
        ("s.table_1", "{table: s.table_1, rows: {A: Cntrol}}", "`Cntrol` is no row of s.table_1"),
        ("[I-1]", "[I-7]", "tables.yaml:3: tables[0]: `I-7` is no inconsistency"),
        ("reference.yaml", "absent.yaml", "tables.yaml:1: reference: there is no file"),
        ("rows: [{", "rows: [[{", "tables.yaml:8: "),
        ("    title", "    digits: 3000000000\n    title", "`3000000000` must be at most 17"),
    ],
)
def test_problem_says_where_and_what_next(tmp_path: Path, old: str, new: str, expected: str) -> None:
    found = problems(tmp_path, GOOD.replace(old, new))

    assert any(expected in problem for problem in found), found


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, GOOD.replace("I-1", "I-7").replace("s.table_1", "s.table_2"))) == 2


def test_what_the_study_does_not_have_is_told_with_its_line(tmp_path: Path) -> None:
    names = Names(
        stages=frozenset({"segments"}), kept=frozenset({"segments"}), axes=frozenset({"pretrain", "seed"})
    )
    (tmp_path / "reference.yaml").write_text(REFERENCE)
    (tmp_path / "tables.yaml").write_text(GOOD)
    with pytest.raises(StudyFileError) as caught:
        read_report_files([tmp_path / "tables.yaml"], names)

    assert [f"{Path(one.where).name}: {one.path}: {one.hint}" for one in caught.value.problems] == [
        "tables.yaml:5: tables[0].stage: did you mean `segments`?",
        "tables.yaml:9: tables[0].columns[0].where.hair: allowed: `pretrain`, `seed`",
    ]


def test_id_given_twice_is_a_problem(tmp_path: Path) -> None:
    figure = "figures:\n  - {id: one, title: F, stage: s, metric: m, series: [a]}\n"

    assert problems(tmp_path, GOOD + figure)[0] == "tables.yaml: tables[0]: the id `one` is given twice"


def test_missing_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match=r"there is no file `.*absent\.yaml`"):
        read_report_files([tmp_path / "absent.yaml"])


def test_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "reference.yaml").write_text(REFERENCE)
    (tmp_path / "tables.yaml").write_text(GOOD)

    assert read_report_files([tmp_path / "tables.yaml"])[0][0].tables[0].columns[0].where == {"hair": True}


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_definitions_of_this_repository_are_good(path: Path) -> None:
    """Every reference table, row, column and inconsistency they name exists, or this raises."""
    file, _ = read_report_files([path])[0]

    assert file.tables


def test_reference_keeps_what_the_paper_prints() -> None:
    reference = read_reference(REPORTS / "reference_results.yaml")
    table = reference.table("s000.table_5_1")

    assert table is not None
    assert table.value("Gender", "LFW/hair") == 0.66
