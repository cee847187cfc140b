"""The tables of the multi-task study, built from what the tasks really return."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.selection import Material
from orchestrator.report.tabulate import build
from tests.observations import observe
from tests.tasks import multitask_chain
from tests.tasks.multitask_chain import PARAMS

if TYPE_CHECKING:
    from orchestrator.report.selection import Observation
    from orchestrator.report.table import Table
    from tests.tasks.chain import Trial

REPORTS = Path(__file__).resolve().parents[2] / "reports"
((FILE, REFERENCE),) = read_report_files([REPORTS / "multitask.yaml"])


def seen(stage: str, trial: Trial, **axes: Any) -> Observation:
    one = observe(trial.result, stage=stage, **axes)
    return replace(one, trial=one.trial.model_copy(update={"params": PARAMS.model_dump()}))


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, data: Path) -> dict[str, list[Observation]]:
    """Two folds of every network."""
    folder = tmp_path_factory.mktemp("report")
    faces = multitask_chain.prepare(folder / "faces", data)
    found = {"faces": [seen("faces", faces)], "multi": [], "single": []}
    for fold in (0, 1):
        own = PARAMS.model_copy(update={"fold": fold})
        both = multitask_chain.train(folder / f"multi{fold}", faces, own)
        found["multi"].append(seen("multi", both, fold=fold, seed=0))
        for name in PARAMS.attributes:
            alone = own.model_copy(update={"attributes": (name,)})
            one = multitask_chain.train(folder / f"{name}{fold}", faces, alone)
            found["single"].append(seen("single", one, attribute=name, fold=fold, seed=0))
    return found


@pytest.fixture(scope="module")
def tables(stages: dict[str, list[Observation]]) -> dict[str, Table]:
    material = Material(stages=stages, file=FILE, reference=REFERENCE)
    return {definition.id: build(definition, material) for definition in FILE.tables}


@pytest.mark.parametrize("table", [definition.id for definition in FILE.tables])
def test_every_cell_is_measured(tables: dict[str, Table], table: str) -> None:
    assert all(cell.value is not None for row in tables[table].rows for cell in row.cells)


@pytest.mark.parametrize("table", ["figure_3_5", "generalisation", "text_results", "text_settings"])
def test_every_printed_number_stands_beside_a_measured_one(tables: dict[str, Table], table: str) -> None:
    printed = REFERENCE.table(f"s004.{table}")
    assert printed is not None
    shown = [cell.reference for row in tables[table].rows for cell in row.cells if cell.reference is not None]

    assert shown == [value for row in printed.rows for value in row.values]


def test_parameters_of_both_sides_are_those_of_the_paper(tables: dict[str, Table]) -> None:
    (cells,) = (row.cells for row in tables["figure_3_5"].rows if "parameters" in row.path[0])

    assert [cell.value for cell in cells] == [1_524_740, 1_525_060]


def test_two_networks_of_a_fold_are_one_value(
    tables: dict[str, Table], stages: dict[str, list[Observation]]
) -> None:
    single = tables["figure_3_5"].rows[1].cells[1]
    losses = [(one.metrics or {})["val_loss"] for one in stages["single"]]

    assert single.n == 2
    assert single.value == pytest.approx(sum(losses) / 4)


def test_each_attribute_is_read_from_its_own_network(
    tables: dict[str, Table], stages: dict[str, list[Observation]]
) -> None:
    glasses = [one.metrics or {} for one in stages["single"] if one.trial.axes["attribute"] == "Eyeglasses"]
    shown = tables["per_attribute"].rows[1].cells[1].value

    assert shown == pytest.approx(sum(metrics["val_loss"] for metrics in glasses) / 2)
