"""The tables of the background study, built from what the tasks really return."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.selection import Material, Observation
from orchestrator.report.tabulate import build
from tests.observations import observe
from tests.tasks import background_chain as chain
from tests.tasks.background_chain import RECOGNITION, UNET

if TYPE_CHECKING:
    from orchestrator.report.table import Table
    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow

REPORTS = Path(__file__).resolve().parents[2] / "reports"
((FILE, REFERENCE),) = read_report_files([REPORTS / "background_removal.yaml"])


def seen(stage: str, trial: Trial, params: dict[str, object], **axes: object) -> Observation:
    one = observe(trial.result, stage=stage, seed=0, **axes)
    return replace(one, trial=one.trial.model_copy(update={"params": params}))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, data: Path, people: Trial) -> dict[str, Table]:
    folder = tmp_path_factory.mktemp("report")
    masks = chain.prepare_masks(folder / "masks", data)
    unet = chain.train_unet(folder / "unet", masks, UNET.model_copy(update={"epochs": 1}))
    cutouts = chain.remove_background(folder / "cutouts", people, unet.artifacts)
    net = chain.train_recognition(folder / "net", people, RECOGNITION.model_copy(update={"epochs": 1}))
    kept = chain.measure_recognition(folder / "kept", net, pictures=people.artifacts)
    removed = chain.measure_recognition(folder / "removed", net, cutouts=cutouts.artifacts)
    stages = {
        "unet": [seen("unet", unet, UNET.model_dump())],
        "unet_test": [seen("unet_test", chain.measure_unet(folder / "test", masks, unet), {})],
        "cutouts": [seen("cutouts", cutouts, {})],
        "recognition": [seen("recognition", net, RECOGNITION.model_dump())],
        "recognition_test": [
            seen("recognition_test", kept, {}, background="kept"),
            seen("recognition_test", removed, {}, background="removed"),
        ],
    }
    material = Material(stages=stages, file=FILE, reference=REFERENCE)
    return {definition.id: build(definition, material) for definition in FILE.tables}


@pytest.mark.parametrize("table", [definition.id for definition in FILE.tables])
def test_every_cell_is_measured(tables: dict[str, Table], table: str) -> None:
    assert all(cell.value is not None for row in tables[table].rows for cell in row.cells)


@pytest.mark.parametrize(
    ("table", "masked"),
    [("recognition_test", [70.9754, 67.0911]), ("recognition_test_resolved", [67.0911, 70.9754])],
)
def test_swapped_pair_stands_beside_the_printed_one(
    tables: dict[str, Table], table: str, masked: list[float]
) -> None:
    rows = {row.path: [cell.reference for cell in row.cells[:2]] for row in tables[table].rows}
    assert rows == {("original",): [90.8071, 96.353], ("background removed",): masked}


@pytest.mark.parametrize(
    ("table", "unmeasured"),
    [
        ("segmentation", {"hours per epoch, Core i5"}),
        ("recognition_training", {"epochs of fast loss decrease", "epochs of fast accuracy increase"}),
    ],
)
def test_printed_rows_are_linked(tables: dict[str, Table], table: str, unmeasured: set[str]) -> None:
    printed = REFERENCE.table(f"s001.{table}")
    assert printed is not None
    linked = {cell.reference for row in tables[table].rows for cell in row.cells}
    assert {row.row for row in printed.rows if row.values[0] not in linked} == unmeasured


def test_counts_are_those_of_the_report(tables: dict[str, Table]) -> None:
    cells = {row.path[0]: row.cells[0] for row in tables["segmentation"].rows}
    names = ("parameters, all trainable", "layers (torchsummary rows)")
    assert [cells[name].value == cells[name].reference for name in names] == [True, True]
