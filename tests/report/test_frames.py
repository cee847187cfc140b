import pandas as pd

from orchestrator.report.frames import CELL_COLUMNS, cell_frame, trial_frame
from orchestrator.report.table import Cell, CellComparison, Row, Table
from tests.observations import gather, observe

SEEN = (observe({"iou": 0.5}, encoder="vgg16", seed=1), observe(None, encoder="resnet50", seed=0))
TABLE = Table(
    id="t",
    title="T",
    stage="segment",
    columns=(("LFW", "Hair"), ("LFW", "No hair")),
    rows=(
        Row(
            path=("Control",),
            cells=(Cell(metric="iou", value=0.51234, n=2, trials=("a", "b")), Cell(metric="iou")),
        ),
    ),
)


def test_a_trial_is_a_line_with_what_it_is_and_what_it_gave() -> None:
    first = trial_frame(gather(*SEEN)).iloc[0]

    assert first["state"] == "DONE"
    assert (first["encoder"], first["seed"], first["iou"]) == ("vgg16", 1, 0.5)


def test_a_trial_without_a_result_has_no_numbers() -> None:
    assert pd.isna(trial_frame(gather(*SEEN)).iloc[1]["iou"])


def test_a_cell_is_a_line_with_its_unrounded_number() -> None:
    first = cell_frame(TABLE).iloc[0]

    assert (first["row"], first["column"], first["value"]) == ("Control", "LFW / Hair", 0.51234)
    assert first["trials"] == "a b"


def test_an_empty_cell_has_no_number() -> None:
    assert pd.isna(cell_frame(TABLE).iloc[1]["value"])


def test_a_compared_cell_has_what_was_found() -> None:
    compared = CellComparison(
        to="sgd", test="welch", pairs=5, difference=0.1, p=0.01, corrected=0.02, effect=3.0
    )
    rows = (Row(path=("adam",), cells=(Cell(metric="acc", value=0.6, n=5, compared=compared),)),)
    line = cell_frame(Table(id="t", title="T", stage="s", columns=(("acc",),), rows=rows)).iloc[0]

    assert [line[name] for name in ("compared_to", "difference", "p", "corrected_p", "effect")] == [
        "sgd",
        0.1,
        0.01,
        0.02,
        3.0,
    ]


def test_a_table_that_compares_nothing_has_no_columns_for_it() -> None:
    assert list(cell_frame(TABLE).columns) == list(CELL_COLUMNS)
