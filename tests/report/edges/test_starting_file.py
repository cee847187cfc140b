from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.yaml_file import parse_mapping
from orchestrator.report.edges.starting_file import starting_stages, starting_text
from orchestrator.report.report_file import ReportFile
from orchestrator.report.selection import Material, Observation
from orchestrator.study.shape import Shape
from orchestrator.study.study import Stage, Study
from tests.observations import gather, observe


def written(folder: Path, *seen: Observation, **search: Any) -> str:
    material: Material = gather(*seen)
    stages = [
        Stage(name=name, task="t", version=1, shape=Shape(), points=(), search=search.get(name))
        for name in material.stages
    ]
    study = Study(name="toy", stages=tuple(stages))
    return starting_text("toy", starting_stages(study, material, RunFolder(folder)), ())


def read(text: str) -> ReportFile:
    return ReportFile.model_validate(parse_mapping(text, "report.yaml", text_keys=False).data)


GRID = [
    observe({"acc": lr / 3, "n": 2.0, "size": 3.0 + lr}, lr=lr, seed=seed) for lr in (1, 2) for seed in (0, 1)
]


def test_a_stage_has_a_table_over_its_axes(tmp_path: Path) -> None:
    (table,) = read(written(tmp_path, *GRID)).tables

    assert (table.id, table.stage, table.rows[0].over) == ("segment", "segment", ["lr"])


def test_a_metric_has_a_column_with_what_is_better(tmp_path: Path) -> None:
    (table,) = read(written(tmp_path, *GRID)).tables

    assert [(one.metric, one.better) for one in table.columns] == [("acc", "higher"), ("size", None)]


def test_numbers_end_where_their_spread_does(tmp_path: Path) -> None:
    assert read(written(tmp_path, *GRID)).tables[0].digits is None


def test_what_was_logged_has_a_figure(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path).trial(GRID[0].trial).attempt(1)
    folder.mkdir(parents=True)
    lines = [f'{{"step": {step}, "metrics": {{"loss": 1.0}}}}\n' for step in (0, 1)]
    (folder / "metrics.jsonl").write_text("".join(lines))
    (figure,) = read(written(tmp_path, *GRID)).figures

    assert (figure.metric, figure.series, figure.x_label) == ("loss", ["lr"], "Step")


def test_before_a_result_is_there_a_metric_is_assumed_and_that_is_said(tmp_path: Path) -> None:
    text = written(tmp_path, observe(None, lr=1), observe(None, lr=2))

    assert read(text).tables[0].columns[0].metric == "loss"
    assert "# no result is there yet: name the metrics that the task gives" in text


def test_a_stage_without_a_metric_that_can_be_better_has_no_table_beside_others(tmp_path: Path) -> None:
    data = observe({"images": 9.0}, stage="data")

    assert [table.stage for table in read(written(tmp_path, data, *GRID)).tables] == ["segment"]


@pytest.mark.parametrize("name", ["a b", "on", "ü", "x: y", "1"])
def test_names_are_read_back_as_they_are(tmp_path: Path, name: str) -> None:
    seen = [observe({f"{name} acc": value / 3}, **{name: value}) for value in (1, 2)]
    (table,) = read(written(tmp_path, *seen)).tables

    assert (table.rows[0].over, table.columns[0].metric) == ([name], f"{name} acc")


def test_a_stage_without_axes_has_one_row(tmp_path: Path) -> None:
    assert read(written(tmp_path, observe({"acc": 0.5}))).tables[0].rows[0].label == "all"
