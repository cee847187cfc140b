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
    from orchestrator.report.figures.definitions import PicturesDefinition
    from orchestrator.report.table import Table
    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow

REPORTS = Path(__file__).resolve().parents[2] / "reports"
((FILE, REFERENCE),) = read_report_files([REPORTS / "background_removal.yaml"])


PARAMS = {"unet": UNET.model_dump(), "recognition": RECOGNITION.model_dump()}
BACKGROUNDS = ("kept", "removed")
SETTINGS = ("unet_augmentation", "unet_optimizer", "unet_schedule", "recognition_optimizer")


def seen(stage: str, trial: Trial, **axes: object) -> Observation:
    one = observe(trial.result, stage=stage, seed=0, **axes)
    return replace(one, trial=one.trial.model_copy(update={"params": PARAMS.get(stage, {})}))


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory, data: Path, people: Trial) -> dict[str, list[Trial]]:
    """Run the whole study at its smallest; return the trials of each stage."""
    folder = tmp_path_factory.mktemp("report")
    masks = chain.prepare_masks(folder / "masks", data)
    unet = chain.train_unet(folder / "unet", masks, UNET.model_copy(update={"epochs": 1}))
    cutouts = chain.remove_background(folder / "cutouts", people, unet.artifacts)
    net = chain.train_recognition(folder / "net", people, RECOGNITION.model_copy(update={"epochs": 1}))
    return {
        "celebhair": [masks],
        "vggface2": [people],
        "unet": [unet],
        "unet_test": [chain.measure_unet(folder / "test", masks, unet)],
        "cutouts": [cutouts],
        "recognition": [net],
        "recognition_test": [
            chain.measure_recognition(folder / "kept", net, pictures=people.artifacts),
            chain.measure_recognition(folder / "removed", net, cutouts=cutouts.artifacts),
        ],
    }


@pytest.fixture(scope="module")
def tables(trials: dict[str, list[Trial]]) -> dict[str, Table]:
    stages = {stage: [seen(stage, trial) for trial in done] for stage, done in trials.items()}
    both = zip(trials["recognition_test"], BACKGROUNDS, strict=True)
    stages["recognition_test"] = [seen("recognition_test", trial, background=kept) for trial, kept in both]
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


def test_an_epoch_stands_beside_those_of_both_machines(tables: dict[str, Table]) -> None:
    (hours,) = [row.cells[0] for row in tables["unet_hours"].rows]
    (minutes,) = [row.cells[0] for row in tables["segmentation"].rows if row.path == ("Minutes per epoch",)]
    assert (minutes.reference, hours.reference) == (3, 13)
    assert minutes.value == pytest.approx(60 * (hours.value or 0))


def test_counts_are_those_of_the_report(tables: dict[str, Table]) -> None:
    cells = {row.path[0]: row.cells[0] for row in tables["segmentation"].rows}
    names = ("parameters, all trainable", "layers (torchsummary rows)")
    assert [cells[name].value == cells[name].reference for name in names] == [True, True]


@pytest.mark.parametrize("table", SETTINGS)
def test_settings_stand_beside_the_printed_ones(tables: dict[str, Table], table: str) -> None:
    printed = [cell.reference for row in tables[table].rows for cell in row.cells]
    assert None not in printed


@pytest.mark.parametrize("table", SETTINGS)
def test_defaults_are_the_printed_settings(tables: dict[str, Table], table: str) -> None:
    changed = {"learning rate", "Learning rate", "resize"}  # of the small chain
    rows = [row for row in tables[table].rows if not changed & set(row.path)]
    assert [row.cells[0].value for row in rows] == [row.cells[0].reference for row in rows]


def test_vector_of_the_first_picture_stands_beside_the_printed_one(tables: dict[str, Table]) -> None:
    rows = {row.path: [cell.reference for cell in row.cells] for row in tables["first_picture_logits"].rows}
    assert rows[("original",)][::5] == [-0.5650346, 0.88301045]
    assert rows[("background removed",)][::5] == [-1.2529944, 2.132247]


@pytest.mark.parametrize("table", ["recognition_test", "recognition_training", "first_picture_logits"])
def test_whose_pictures_they_are_is_told(tables: dict[str, Table], table: str) -> None:
    assert any(note.text.startswith("I-001-10: which people") for note in tables[table].notes)


@pytest.mark.parametrize(
    "figure", [one for one in FILE.figures if one.kind == "pictures"], ids=lambda one: one.id
)
def test_pictures_of_figures_are_left_by_their_trials(
    trials: dict[str, list[Trial]], figure: PicturesDefinition
) -> None:
    assert all((trial.artifacts / figure.artifact).is_file() for trial in trials[figure.stage])


def test_every_figure_with_pictures_of_the_text_is_declared() -> None:
    assert {one.id for one in FILE.figures if one.kind == "pictures"} == {
        *("figure_4", "figure_7", "figure_8", "figure_15_16")
    }
