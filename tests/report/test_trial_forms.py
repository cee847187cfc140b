import csv
import io
import json
import math
import sys
from typing import Any

import pytest
from pyarrow import parquet

from orchestrator.messages.errors import OrchestratorError
from orchestrator.report.trial_forms import FORMS, as_csv, as_json, as_markdown, as_parquet
from orchestrator.report.trial_rows import TrialRows, trial_rows
from tests.observations import gather, observe


def rows(*values: Any, **metrics: float) -> TrialRows:
    """Return trials with these values of an axis `x`, and perhaps with metrics."""
    return trial_rows(gather(*(observe(metrics or None, x=value) for value in values)))


def read_csv(found: TrialRows) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(found))))


def column(found: TrialRows, name: str) -> list[Any]:
    values: list[Any] = parquet.read_table(io.BytesIO(as_parquet(found))).column(name).to_pylist()
    return values


def test_a_table_is_aligned_and_says_where_nothing_is() -> None:
    lines = as_markdown(rows("a|b")).splitlines()

    assert len({len(line) for line in lines}) == 1
    assert r"| a\|b |" in lines[2]
    assert lines[2].endswith("| —    | —       |")


def test_a_table_rounds_and_a_csv_does_not() -> None:
    found = rows(1, loss=0.123456789)

    assert "| 0.1235 |" in as_markdown(found)
    assert read_csv(found)[0]["loss"] == "0.123456789"


def test_a_text_in_a_csv_is_never_computed() -> None:
    assert [row["x"] for row in read_csv(rows("=1+1", "-a", -1))] == ["'=1+1", "'-a", "-1"]


def test_a_name_in_a_csv_is_never_computed() -> None:
    assert "'=loss" in read_csv(rows(1, **{"=loss": 1.0}))[0]


@pytest.mark.parametrize(
    ("value", "field"),
    [(True, "true"), (None, "null"), ([1, "a"], '[1, "a"]'), ("a,b\nc", "a,b\nc"), (1e-5, "1e-05")],
)
def test_a_value_is_a_field(value: object, field: str) -> None:
    assert read_csv(rows(value))[0]["x"] == field


@pytest.mark.parametrize(("value", "field"), [(math.nan, "NaN"), (-math.inf, "-inf")])
def test_a_csv_tells_what_is_not_finite_from_what_is_not_there(value: float, field: str) -> None:
    assert read_csv(rows(1, loss=value))[0]["loss"] == field


def test_json_keeps_lists_and_has_every_column() -> None:
    (row,) = json.loads(as_json(rows([1, [2]])))

    assert (row["x"], row["code"]) == ([1, [2]], None)


def test_json_has_no_number_that_json_does_not_know() -> None:
    assert json.loads(as_json(rows(1, loss=math.nan)))[0]["loss"] is None


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ([1, 2], [1, 2]),
        ([1, 0.5], [1.0, 0.5]),
        ([True, 1], ["true", "1"]),
        (["a", None], ["a", None]),
        ([[1], [2, 3]], ["[1]", "[2, 3]"]),
        ([2**63, 1], [str(2**63), "1"]),
    ],
)
def test_a_parquet_column_has_one_kind(given: list[object], stored: list[object]) -> None:
    assert column(rows(*given), "x") == stored


def test_a_parquet_column_that_nothing_fills_is_one_of_texts() -> None:
    assert str(parquet.read_schema(io.BytesIO(as_parquet(rows(1)))).field("failure").type) == "string"


def test_a_metric_that_is_no_number_is_none_in_parquet_either() -> None:
    assert math.isnan(column(rows(1, loss=math.nan), "loss")[0])


def test_who_has_no_pyarrow_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OrchestratorError) as told:
        as_parquet(rows(1))

    assert told.value.hint == "pip install pyarrow"


@pytest.mark.parametrize("form", FORMS)
def test_no_trials_are_written_too(form: str) -> None:
    assert FORMS[form](rows())
