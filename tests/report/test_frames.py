import pandas as pd

from orchestrator.report.frames import cell_frame, trial_frame
from orchestrator.report.table import Cell, Row, Table
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
