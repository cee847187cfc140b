"""The tables of the ELFW report, built from what the tasks really return."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.selection import Material, Observation
from orchestrator.report.tabulate import build
from tests.observations import observe
from tests.tasks import elfw_chain
from tests.tasks.elfw_chain import MININET, TRANSFER

if TYPE_CHECKING:
    from orchestrator.report.table import Table
    from tests.tasks.chain import Trial

REPORTS = Path(__file__).resolve().parents[2] / "reports"
((FILE, REFERENCE),) = read_report_files([REPORTS / "elfw_classes.yaml"])
CELL = {"lr": 1e-3, "momentum": 0.9, "weight_decay": 1e-4}


def seen(stage: str, trial: Trial, params: dict[str, object], **axes: object) -> Observation:
    one = observe(trial.result, stage=stage, **axes)
    return replace(one, trial=one.trial.model_copy(update={"params": params}))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, classed: Trial) -> dict[str, Table]:
    folder = tmp_path_factory.mktemp("report")
    held = {"held_out": 0.25, "epochs": 1}  # enough pictures for every class to be tested
    trained = elfw_chain.train_mininet(folder / "final", classed, MININET.model_copy(update=held))
    tested = elfw_chain.evaluate_mininet(folder / "test", classed, trained)
    learnt = elfw_chain.overfit(folder / "overfit", classed)
    tuned = elfw_chain.fine_tune(folder / "transfer", classed, TRANSFER.model_copy(update=held))
    stages = {
        "elfw": seen("elfw", classed, {}),
        "transfer": seen("transfer", tuned, TRANSFER.model_dump(), seed=0),
        "overfit": seen("overfit", learnt, {"enough": 0.01}, seed=0),
        "sweep": seen("sweep", trained, MININET.model_dump(), seed=0, **CELL),
        "final": seen("final", trained, MININET.model_dump(), seed=0),
        "test": seen("test", tested, {}, seed=0),
    }
    material = Material(stages={name: [one] for name, one in stages.items()}, file=FILE, reference=REFERENCE)
    return {definition.id: build(definition, material) for definition in FILE.tables}


@pytest.mark.parametrize("table", [definition.id for definition in FILE.tables])
def test_every_cell_is_measured(tables: dict[str, Table], table: str) -> None:
    empty = {cell.metric for row in tables[table].rows for cell in row.cells if cell.value is None}
    # A class that a network of one epoch never answers has no precision.
    assert all(metric.endswith("_precision") for metric in empty)


def test_cell_of_the_sweep_stands_beside_its_printed_losses(tables: dict[str, Table]) -> None:
    (row,) = tables["elfw_sweep"].rows
    assert [cell.reference for cell in row.cells[:2]] == [0.4607, 0.4123]


def test_shapes_stand_beside_the_printed_ones(tables: dict[str, Table]) -> None:
    printed = {row.path[0]: row.cells[0].reference for row in tables["elfw_mini_outputs"].rows}
    assert [printed[f"MaxPool2d-3, {what}"] for what in ("maps", "height", "width")] == [16, 32, 32]
    assert printed["Linear-7, numbers"] == 3


def test_pictures_are_normalised_by_what_is_printed(tables: dict[str, Table]) -> None:
    for row in tables["elfw_normalization"].rows[:2]:
        assert [cell.value for cell in row.cells] == [cell.reference for cell in row.cells]


@pytest.mark.parametrize("table", ["elfw_transfer", "elfw_classification_report"])
@pytest.mark.parametrize(
    "said", ["a tenth is 17, 5 and 0", "sunglasses stand for spectacles", "nobody has named them"]
)
def test_size_and_labels_of_the_data_are_told(tables: dict[str, Table], table: str, said: str) -> None:
    assert said in " ".join(note.text for note in tables[table].notes)


@pytest.mark.parametrize("name", ["elfw_classes", "elfw_sweep_50"])
def test_all_18_rows_of_the_sweep_are_linked(name: str) -> None:
    ((file, _),) = read_report_files([REPORTS / f"{name}.yaml"])
    (definition,) = [definition for definition in file.tables if definition.stage == "sweep"]
    printed = REFERENCE.table("s002.sweep")
    assert printed is not None
    assert definition.reference is not None
    assert [*definition.reference.rows.values()] == [row.row for row in printed.rows]


def test_printed_report_stands_beside_the_measured_one(tables: dict[str, Table]) -> None:
    rows = {
        row.path: [cell.reference for cell in row.cells] for row in tables["elfw_classification_report"].rows
    }
    assert rows["spectacles",] == [0.6, 0.6, 0.6, 5]
    assert rows["macro avg of classes that occur",] == [None] * 4
