from typing import Any

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.definition import Line
from orchestrator.report.report_file import ReportFile
from orchestrator.report.selection import (
    Material,
    combinations,
    differing,
    having,
    headers,
    point_of,
    settings,
)
from tests.observations import gather, observe


def test_stage_is_found_behind_its_prefix() -> None:
    assert Material(stages={"faces.segment": []}).stage("segment") == "faces.segment"


def test_exact_stage_goes_before_a_prefixed_one() -> None:
    assert Material(stages={"faces.segment": [], "segment": []}).stage("segment") == "segment"


def test_two_prefixed_stages_are_ambiguous() -> None:
    with pytest.raises(NotFoundError, match=r"may be `a\.segment` or `b\.segment`"):
        Material(stages={"a.segment": [], "b.segment": []}).stage("segment")


def test_study_of_the_report_file_decides_between_prefixes() -> None:
    material = Material(stages={"a.segment": [], "b.segment": []}, file=ReportFile(study="b"))

    assert material.stage("segment") == "b.segment"


def test_no_file_takes_the_stage_of_a_study_that_another_file_is_for() -> None:
    file = ReportFile(study="b")
    material = Material(stages={"a.segment": []}, file=file, other_studies=frozenset({"a"}))

    assert material.find_stage("segment") is None


def test_a_study_composed_under_another_name_keeps_its_tables() -> None:
    material = Material(stages={"renamed.segment": []}, file=ReportFile(study="b"))

    assert material.stage("segment") == "renamed.segment"


@pytest.mark.parametrize("stage", ["segment", "b.segment", "outer.b.segment"])
def test_a_file_that_names_its_study_finds_its_stage_however_deep(stage: str) -> None:
    material = Material(stages={stage: []}, file=ReportFile(study="b"))

    assert material.find_stage("segment") == stage


def test_unknown_stage_lists_the_stages() -> None:
    with pytest.raises(NotFoundError, match="it has `segment`"):
        Material(stages={"segment": []}).stage("segmnt")


def test_select_ignores_axes_the_stage_does_not_have() -> None:
    baseline = observe({"iou": 0.5}, stage="mean_mask", hair=True)
    material = gather(baseline, observe({"iou": 0.6}, encoder="vgg16", hair=True))

    assert material.select("mean_mask", {"encoder": "vgg16", "hair": True}) == [baseline]


LAYERS = [observe({"iou": 0.5}, layers=layers) for layers in ([64, 64], [128], None)]


def test_each_list_and_null_has_a_row_of_its_own() -> None:
    found = headers([Line(over=["layers"])], "segment", {}, gather(*LAYERS))

    assert [header.path for header in found] == [("[64, 64]",), ("[128]",), ("null",)]


@pytest.mark.parametrize(
    ("wanted", "places"), [([64, 64], [0]), ([[64, 64], [128]], [0, 1]), (None, [2]), ([None, [128]], [1, 2])]
)
def test_a_list_that_an_axis_has_is_selected_as_a_whole(wanted: Any, places: list[int]) -> None:
    assert gather(*LAYERS).select("segment", {"layers": wanted}) == [LAYERS[place] for place in places]


def test_mappings_are_labelled_by_their_text() -> None:
    file = ReportFile.model_validate({"labels": {"opt": {"{name: sgd}": "SGD", "null": "none"}}})

    assert [file.label("opt", value) for value in ({"name": "sgd"}, None, {"name": "adam"})] == [
        "SGD",
        "none",
        "{name: adam}",
    ]


def test_select_takes_any_of_a_list() -> None:
    material = gather(*(observe({}, encoder=name) for name in ("vgg16", "vgg19", "resnet50")))

    assert len(material.select("segment", {"encoder": ["vgg16", "vgg19"]})) == 2


def test_misspelt_axis_gets_a_guess() -> None:
    with pytest.raises(NotFoundError) as caught:
        gather(observe({}, encoder="vgg16")).select("segment", {"encodr": "vgg16"})

    assert caught.value.hint == "did you mean `encoder`?"


def test_no_trial_says_what_was_looked_for() -> None:
    with pytest.raises(NotFoundError, match="with encoder=vgg19, hair=true"):
        gather(observe({}, encoder="vgg16", hair=True)).some("segment", {"encoder": "vgg19", "hair": True})


ALIKE = (1, "1", True, "true")
"""Values of one axis that Python, or whoever reads them, might take for each other."""


def test_values_that_look_alike_have_a_row_each() -> None:
    material = gather(*(observe({}, x=value) for value in ALIKE))
    found = headers([Line(over=["x"])], "segment", {}, material)

    assert [header.path for header in found] == [("1",), ('"1"',), ("true",), ('"true"',)]
    assert [len(material.select("segment", header.where)) for header in found] == [1, 1, 1, 1]


def test_values_that_look_alike_are_had_by_their_own_trials() -> None:
    seen = [observe({}, x=value) for value in ALIKE]

    assert [len(having(seen, {"x": value})) for value in ALIKE] == [1, 1, 1, 1]
    assert len({point_of(one) for one in seen}) == 4


def test_line_over_axes_gives_one_header_per_combination_that_occurs() -> None:
    material = gather(observe({}, encoder="vgg16", hair=True), observe({}, encoder="resnet50", hair=False))
    found = headers([Line(over=["encoder", "hair"])], "segment", {}, material)

    assert [header.path for header in found] == [("VGG16", "Hair"), ("ResNet-50", "No hair")]


def test_label_goes_before_the_values() -> None:
    found = headers([Line(label="Untrained", over=["hair"])], "segment", {}, gather(observe({}, hair=True)))

    assert [header.path for header in found] == [("Untrained", "Hair")]


def test_parameters_differ_where_axes_do_not() -> None:
    one, other = observe({}, lr=0.1), observe({}, lr=0.2)
    same = [seen.trial.model_copy(update={"axes": {"seed": 0}}) for seen in (one, other)]
    pair = [type(one)(trial=trial, state=one.state) for trial in same]

    assert differing(pair, ["seed"]) == ["lr"]


MIXED = [observe({}, flag=1), observe({}, flag=True)]


def test_one_and_true_are_different_values() -> None:
    assert combinations(MIXED, ["flag"]) == [{"flag": 1}, {"flag": True}]
    assert differing(MIXED) == ["flag"]


def test_trials_with_true_are_not_those_with_one() -> None:
    assert having(MIXED, {"flag": True}) == MIXED[1:]
    assert gather(*MIXED).select("segment", {"flag": [True]}) == MIXED[1:]


@pytest.mark.parametrize(
    ("part", "value"), [("opt.lr", {"opt.lr": 0.5}), ("crop.1", {"crop.1": 1.0}), ("crop.2", {})]
)
def test_a_part_of_a_parameter_is_a_setting(part: str, value: dict[str, float]) -> None:
    seen = [observe({"loss": 1.0}, opt={"lr": 0.5}, crop=[0.9, 1.0])]

    assert [one.metrics for one in settings(seen, part, Material(stages={"s": seen}))] == [value]
