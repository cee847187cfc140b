"""The study of facial attributes: its trials, and what its report sets beside the printed numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.report.tabulate import build
from orchestrator.study.plan import Known, Plan, expand
from orchestrator.study.read import read_study
from tests.shipped.replayed import planned

ROOT = Path(__file__).resolve().parents[2]


def yaml(name: str) -> Any:
    return YAML(typ="safe").load(ROOT / "reports" / name)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return expand(read_study(ROOT / "grids" / "facial_attributes.yaml").study, Known())


@pytest.fixture(scope="module")
def report() -> Any:
    return yaml("facial_attributes.yaml")


@pytest.fixture(scope="module")
def lfw() -> Plan:
    return expand(read_study(ROOT / "grids" / "facial_attributes_lfw.yaml").study, Known())


def test_trials_are_those_of_the_study_matrix(plan: Plan) -> None:
    stages = [trial.stage.rpartition(".")[2] for trial in plan.trials]

    assert sorted(stages) == [
        *("aflw", "celeba", "encode", "encode_aflw", "genage", "genre_aflw", "multi4"),
        *["single"] * 4,
    ]


def test_the_four_networks_for_one_attribute_read_the_same_features(plan: Plan) -> None:
    (encoding,) = plan.of("encode")

    assert {trial.needs["features"] for trial in plan.of("single")} == {encoding.id}


def test_each_single_network_knows_its_attribute(plan: Plan) -> None:
    asked = [trial.params["attributes"] for trial in plan.of("single")]

    assert asked == [["Male"], ["Young"], ["Mustache"], ["Wearing_Lipstick"]]


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [
        ("single", ("fc", "sgd", 1e-3)),
        ("genre_aflw", ("fc", "sgd", 1e-3)),
        ("genage", ("conv4", "adam", 1e-5)),
        ("multi4", ("conv4", "adam", 1e-6)),
    ],
)
def test_rates_are_those_of_section_7(plan: Plan, stage: str, wanted: tuple[str, str, float]) -> None:
    params = plan.of(stage)[0].params

    assert (params["trains"], params["optimizer"], params["lr"]) == wanted


@pytest.mark.parametrize(("stage", "rate"), [("genage", 1e-7), ("multi4", 1e-8)])
def test_convolutions_learn_a_hundredth_as_fast(plan: Plan, stage: str, rate: float) -> None:
    params = plan.of(stage)[0].params

    assert params["lr"] * params["conv_lr_factor"] == pytest.approx(rate)


def test_faces_are_cut_by_the_boxes_of_the_wild_pictures(plan: Plan) -> None:
    (trial,) = plan.of("celeba")

    assert (trial.params["pictures"], trial.params["crop"], trial.params["images"]) == ("wild", "face", None)


def test_network_of_the_boxes_is_genre_celeba_itself(plan: Plan) -> None:
    crops = expand(read_study(ROOT / "grids" / "facial_attributes_crops.yaml").study, Known())
    preparations = [trial.params["crop"] for trial in crops.of("celeba")]

    assert preparations == ["landmarks", "face"]
    assert crops.of("single")[-1].id == plan.of("single")[0].id


def test_last_of_the_depths_is_genage_itself(plan: Plan) -> None:
    depths = expand(read_study(ROOT / "grids" / "facial_attributes_depth.yaml").study, Known())
    reads_features = ["features" in trial.needs for trial in depths.of("genage")]

    assert reads_features == [True, False, False, False]
    assert depths.of("genage")[-1].id == plan.of("genage")[0].id


def test_verification_shares_its_trials_with_the_study(plan: Plan, lfw: Plan) -> None:
    own = {trial.stage for trial in lfw.trials if trial.id not in plan.by_id}

    assert own == {"lfw", "verification"}


def test_gender_network_is_the_one_that_is_verified(plan: Plan, lfw: Plan) -> None:
    needed = [trial.needs.get("network") for trial in lfw.of("verification")]

    assert needed == [None, plan.of("single")[0].id]


def test_every_printed_table_is_set_beside_what_is_measured(report: Any) -> None:
    tables = [*report["tables"], *yaml("facial_attributes_lfw.yaml")["tables"]]
    links = [table["reference"] for table in tables if "reference" in table]
    printed = {table["id"] for table in yaml("reference_results.yaml")["tables"] if table["seed"] == "003"}

    assert {link if isinstance(link, str) else link["table"] for link in links} == printed


@pytest.mark.parametrize(("name", "settings"), [("settings", 6), ("text", 4)])
def test_settings_are_the_printed_ones(name: str, settings: int) -> None:
    material = planned("facial_attributes")
    (definition,) = (table for table in material.file.tables if table.id == name)
    table = build(definition, material)
    printed = [cell for row in table.rows for cell in row.cells if cell.reference is not None]
    told = [cell for cell in printed if cell.value is not None]  # parameters, known before any result

    assert len(told) == settings
    assert [cell.value for cell in told] == pytest.approx([cell.reference for cell in told])


def test_every_inconsistency_of_the_thesis_is_a_footnote(report: Any) -> None:
    reference = yaml("reference_results.yaml")
    noted = {note for table in report["tables"] for note in table.get("footnotes", [])}
    known = {entry["id"] for entry in reference["inconsistencies"] if entry["seed"] == "003"}

    assert known <= noted
