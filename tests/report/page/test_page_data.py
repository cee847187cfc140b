import base64
import gzip
import json
from dataclasses import replace

from orchestrator.report.page.page_data import cell_facts, packed, page_data, script_json
from orchestrator.report.page.trial_details import Details, TrialDetails
from orchestrator.report.table import Cell, CellComparison, Row, Table

CELL = Cell(metric="iou", value=0.5, std=0.01, ci95=0.02, n=2, trials=("a", "b"), values=(("seed=0", 0.49),))
TABLE = Table(
    id="t",
    title="T",
    stage="s",
    columns=(("x",), ("y",)),
    rows=(Row(path=("r",), cells=(CELL, Cell(metric="iou"))),),
)
TRIAL = TrialDetails(
    id="b", stage="s", axes={"seed": 1}, params={}, state="done", metrics={"iou": float("inf")}
)
FOUND = page_data([TABLE], Details(trials=(TRIAL,)), {"b": "../b"}, {"md": lambda table: table.title})


def test_json_in_a_script_has_no_signs_of_html() -> None:
    assert script_json({"<": "</script>&"}) == '{"\\u003c":"\\u003c/script\\u003e\\u0026"}'


def test_what_is_packed_is_read_as_it_was() -> None:
    assert json.loads(gzip.decompress(base64.b64decode(packed([1, "\u00e9"])))) == [1, "\u00e9"]


def test_a_cell_names_trials_that_are_not_known_by_their_ids() -> None:
    assert FOUND["tables"]["t"]["rows"][0][0]["trials"] == ["a", 0]


def test_a_cell_without_trials_opens_nothing() -> None:
    assert FOUND["tables"]["t"]["rows"][0][1] is None


def test_each_value_of_a_cell_is_told() -> None:
    assert FOUND["tables"]["t"]["rows"][0][0]["values"] == [["seed=0", "0.490"]]


def test_a_table_has_its_forms_and_a_trial_its_folder() -> None:
    assert (FOUND["tables"]["t"]["forms"], FOUND["trials"][0]["folder"]) == ({"md": "T"}, "../b")


def test_numbers_that_are_not_finite_are_texts() -> None:
    assert json.loads(script_json(FOUND))["trials"][0]["metrics"] == {"iou": "inf"}


def test_a_cell_tells_spread_and_interval_with_a_digit_more() -> None:
    assert dict(cell_facts(CELL)) == {
        "values": "2",
        "standard deviation": "0.0100",
        "95 % interval of the mean": "\u00b1 0.0200",
    }


def test_a_cell_tells_what_is_missing_and_printed() -> None:
    facts = dict(cell_facts(replace(CELL, missing=1, reasons=(("failed", 1),), reference=0.4)))

    assert (facts["values"], facts["missing"]) == ("2, 1 missing", "1 failed")
    assert (facts["printed"], facts["measured minus printed"]) == ("0.400", "+0.100")


def test_a_cell_tells_how_it_was_compared() -> None:
    compared = CellComparison(to="sgd", test="wilcoxon", pairs=5, difference=0.1, p=0.04, corrected=0.08)

    assert dict(cell_facts(replace(CELL, compared=compared)))["difference to sgd"] == (
        "+0.1000, Wilcoxon signed-rank test, 5 pairs, p = 0.04 (corrected 0.08)"
    )
