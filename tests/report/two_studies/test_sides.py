import json
from dataclasses import replace

from orchestrator.report.table import Cell
from orchestrator.report.two_studies.cell_changes import CellChange, TableChange
from orchestrator.report.two_studies.sides import BothStudies, as_json, as_markdown
from orchestrator.report.two_studies.study_changes import StudyChange
from orchestrator.report.two_studies.trial_changes import MetricChange, StageTrials

CELL = Cell(metric="loss", value=0.25, std=0.01, n=3)
CHANGED = TableChange(
    id="t",
    title="Loss",
    changed=(CellChange(row="lr=0.1", column="loss", before=CELL, after=replace(CELL, value=0.5)),),
    compared=4,
    equal=2,
    only_after=("lr=0.3",),
)
SAME = BothStudies(
    names=("one", "two"),
    study=(),
    code=(),
    packages=(),
    trials=(StageTrials(stage="train", shared=4, only_before=(), only_after=("x",)),),
    metrics=(),
    tables=(),
)
METRIC = MetricChange(trial="0123456789", stage="train", axes="lr=1", metric="m", before=1.0, after=None)


def test_equal_studies_are_told_as_such() -> None:
    assert "Nothing: the same stages, axes, parameters and code." in as_markdown(SAME)


def test_a_difference_has_a_row() -> None:
    change = StudyChange(where="train", what="axis lr", before="0.1", after="0.2")

    assert "| train | axis lr | 0.1 | 0.2 |" in as_markdown(replace(SAME, study=(change,)))


def test_files_of_this_program_are_counted() -> None:
    code = (("toy.py", "changed"), ("orchestrator/cli.py", "changed"), ("orchestrator/a.py", "only in A"))

    assert "Code: `toy.py` (changed), 2 files of this program itself." in as_markdown(
        replace(SAME, code=code)
    )


def test_a_cell_has_both_values_their_number_and_the_difference() -> None:
    text = as_markdown(replace(SAME, tables=(CHANGED,)))

    assert "| lr=0.1 | loss   | 0.250 ± 0.010 (n = 3) | 0.500 ± 0.010 (n = 3) | +0.250 |" in text


def test_cells_within_their_spread_are_counted() -> None:
    text = as_markdown(replace(SAME, tables=(CHANGED,)))

    assert "3 of 4 cells that both have changed by no more than their spread, 2 of these not at all." in text
    assert text.rstrip().endswith("Rows and columns only in B: lr=0.3.")


def test_trials_alone_may_be_asked_for() -> None:
    text = as_markdown(replace(SAME, tables=(CHANGED,)), trials_only=True)

    assert "## Tables" not in text
    assert "| train | 4       | 0         | 1         |" in text


def test_many_changes_of_trials_are_cut_unless_asked_for() -> None:
    many = replace(SAME, metrics=(METRIC,) * 30)

    assert "10 more: --trials shows all." in as_markdown(many)
    assert as_markdown(many, trials_only=True).count("01234567") == 30


def test_programs_get_all_of_it_as_json() -> None:
    found = as_json(replace(SAME, tables=(CHANGED,), metrics=(METRIC,)))

    assert json.loads(json.dumps(found, allow_nan=False))["tables"][0]["changed"][0]["difference"] == 0.25
