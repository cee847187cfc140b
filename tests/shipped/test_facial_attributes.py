"""The study of facial attributes: its trials, and what its report sets beside the printed numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.study.plan import Known, Plan, expand
from orchestrator.study.read import read_study

ROOT = Path(__file__).resolve().parents[2]


def yaml(name: str) -> Any:
    return YAML(typ="safe").load(ROOT / "reports" / name)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return expand(read_study(ROOT / "grids" / "facial_attributes.yaml").study, Known())


@pytest.fixture(scope="module")
def report() -> Any:
    return yaml("facial_attributes.yaml")


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


def test_every_printed_table_of_results_is_measured(report: Any) -> None:
    links = [table["reference"] for table in report["tables"] if "reference" in table]
    printed = {
        table["id"]
        for table in yaml("reference_results.yaml")["tables"]
        if table["seed"] == "003" and table["kind"] != "setting"
    }

    assert {link if isinstance(link, str) else link["table"] for link in links} == printed


def test_every_inconsistency_of_the_thesis_is_a_footnote(report: Any) -> None:
    reference = yaml("reference_results.yaml")
    noted = {note for table in report["tables"] for note in table.get("footnotes", [])}
    known = {entry["id"] for entry in reference["inconsistencies"] if entry["seed"] == "003"}

    assert known <= noted
