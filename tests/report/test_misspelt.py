from typing import Any

import pytest

from orchestrator.report.misspelt import misspelt
from orchestrator.report.report_file import ReportFile
from orchestrator.study.names import Names

TABLE = {
    "id": "one",
    "title": "One",
    "stage": "train",
    "metric": "loss",
    "rows": [{"over": ["lr"]}],
    "columns": [{"label": "x"}],
}
GAIN = {
    "id": "gain",
    "title": "Gain",
    "stage": "train",
    "metric": "loss",
    "compare": {"axis": "lr", "value": 1, "to": 2},
    "over": ["net"],
    "rows": [{"over": ["net"]}],
    "columns": [{"label": "x", "gain": "points"}],
}
FIGURE = {"id": "curve", "title": "Curve", "stage": "train", "metric": "loss", "series": ["lr"]}
STAGES = frozenset({"train", "test"})
NAMES = Names(
    stages=STAGES, kept=STAGES, axes=frozenset({"lr", "net", "seed"}), params=frozenset({"lr", "steps"})
)
COMPOSED = frozenset({"one.train", "two.train", "two.test"})


def told(names: Names = NAMES, others: frozenset[str] = frozenset(), **parts: Any) -> list[str]:
    """Return what is misspelt in a report file of these parts."""
    file = ReportFile.model_validate(parts)
    return [
        ".".join(map(str, one.keys)) + f": {one.message}; {one.hint}" for one in misspelt(file, names, others)
    ]


def test_what_the_study_has_is_not_told() -> None:
    assert told(tables=[TABLE], derived=[GAIN], figures=[FIGURE]) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"stage": "trian"}, "tables.0.stage: the study has no stage `trian`; did you mean `train`?"),
        (
            {"columns": [{"label": "x", "stage": "tset"}]},
            "tables.0.columns.0.stage: the study has no stage `tset`; did you mean `test`?",
        ),
        (
            {"rows": [{"over": ["lr", "nett"]}]},
            "tables.0.rows.0.over.1: the study has no axis `nett`; did you mean `net`?",
        ),
        (
            {"aggregate": ["zz"]},
            "tables.0.aggregate.0: the study has no axis `zz`; allowed: `lr`, `net`, `seed`",
        ),
        (
            {"combine": {"nte": "sum"}},
            "tables.0.combine.nte: the study has no axis `nte`; did you mean `net`?",
        ),
        ({"where": {"nte": 1}}, "tables.0.where.nte: the study has no axis `nte`; did you mean `net`?"),
        (
            {"rows": [{"label": "x", "param": "batchsize"}]},
            "tables.0.rows.0.param: no task of the study has a parameter `batchsize`; allowed: `lr`, `steps`",
        ),
    ],
)
def test_what_a_table_misspells_is_told(change: dict[str, Any], expected: str) -> None:
    assert told(tables=[TABLE | change]) == [expected]


@pytest.mark.parametrize(
    "change", [{"stage": "trian"}, {"over": ["nte"]}, {"compare": GAIN["compare"] | {"axis": "x"}}]
)
def test_what_a_gain_misspells_is_told(change: dict[str, Any]) -> None:
    assert len(told(derived=[GAIN | change])) == 1


@pytest.mark.parametrize("change", [{"stage": "trian"}, {"series": ["nte"]}])
def test_what_a_figure_misspells_is_told(change: dict[str, Any]) -> None:
    assert len(told(figures=[FIGURE | change])) == 1


def test_all_is_told_at_once() -> None:
    assert (
        len(
            told(
                tables=[TABLE | {"stage": "trian", "where": {"nte": 1}}], figures=[FIGURE | {"series": ["x"]}]
            )
        )
        == 3
    )


def test_a_stage_that_is_left_out_is_not_misspelt() -> None:
    names = Names(stages=STAGES, kept=frozenset({"test"}), axes=NAMES.axes)

    assert told(names, tables=[TABLE]) == []


def test_a_part_of_a_parameter_is_not_misspelt() -> None:
    assert told(tables=[TABLE | {"rows": [{"label": "x", "param": "lr.0"}]}]) == []


def test_while_a_task_is_not_known_its_parameters_are_not_either() -> None:
    names = Names(stages=STAGES, kept=frozenset({"train"}), axes=NAMES.axes)

    assert told(names, tables=[TABLE | {"rows": [{"label": "x", "param": "anything"}]}]) == []


def test_stages_of_a_composed_study_are_those_of_the_file_s_own() -> None:
    names = Names(stages=COMPOSED, kept=COMPOSED, axes=NAMES.axes)

    assert told(names, study="one", tables=[TABLE]) == []
    assert told(names, frozenset({"two"}), study="one", tables=[TABLE | {"stage": "test"}]) == [
        "tables.0.stage: the study has no stage `test`; did you mean `two.test`?"
    ]


def test_a_stage_that_may_be_one_of_two_is_told() -> None:
    (message,) = told(Names(stages=COMPOSED, kept=COMPOSED, axes=NAMES.axes), tables=[TABLE])

    assert "stage `train` may be `one.train` or `two.train`" in message


def test_of_two_stages_that_are_left_out_it_does_not_matter_which() -> None:
    names = Names(stages=COMPOSED, kept=frozenset({"two.test"}), axes=NAMES.axes)

    assert told(names, tables=[TABLE]) == []


def test_what_lines_run_across_is_an_axis_or_a_parameter() -> None:
    lines = {"id": "lines", "kind": "parallel", "title": "L", "stage": "train", "metric": "loss"}

    assert not told(figures=[lines | {"over": ["net", "steps"]}])
    assert told(figures=[lines | {"over": ["stepz"]}]) == [
        "figures.0.over.0: the study has no axis and no parameter `stepz`; did you mean `steps`?"
    ]


def test_an_axis_in_the_columns_of_a_figure_is_told() -> None:
    bars = {"id": "b", "kind": "bars", "title": "B", "stage": "train", "metric": "loss", "columns": "nett"}

    assert told(figures=[bars]) == [
        "figures.0.columns.0.over.0: the study has no axis `nett`; did you mean `net`?"
    ]
