from typing import Any

import pytest

from orchestrator.files.yaml_file import Document
from orchestrator.messages.problems import Problems
from orchestrator.study.edges.compose import composed, merged

OWN = Document(source="all.yaml", data={}, marks={})


def document(name: object = "a", **data: Any) -> Document:
    """Return a study file whose name stands in line 1."""
    return Document(source=f"{name}.yaml", data={"study": name, **data}, marks={("study",): f"{name}.yaml:1"})


def together(*subs: Document, own: Document = OWN) -> dict[str, Any]:
    """Return the studies composed, which have nothing wrong."""
    problems = Problems(own.where)
    data = composed(subs, own, problems).data
    assert not problems.found
    return data


def told(*subs: Document) -> list[str]:
    """Return what is wrong with a composition."""
    problems = Problems(OWN.where)
    composed(subs, OWN, problems)
    return [f"{problem.where}: {problem.message}" for problem in problems.found]


@pytest.mark.parametrize(
    ("base", "own", "result"),
    [
        ({"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": 1}, {"a": None}, {}),
        ({}, {"a": None}, {"a": None}),
    ],
    ids=["mappings", "lists", "null", "null of nothing"],
)
def test_the_own_document_goes_over_its_base(
    base: dict[str, Any], own: dict[str, Any], result: dict[str, Any]
) -> None:
    given = (Document(source="f", data=data, marks={}) for data in (base, own))

    assert merged(*given).data == result


NETS = {"small": {"width": 1, "lr": 1}, "large": {"width": 9}}
EVEN = {"from": 0, "to": 1, "num": 3}


@pytest.mark.parametrize(
    ("base", "own", "result"),
    [
        (NETS, {"small": {"lr": 2}}, {"small": {"width": 1, "lr": 2}, "large": {"width": 9}}),
        (NETS, {"small": None}, {"large": {"width": 9}}),
        (NETS, ["large"], {"large": {"width": 9}}),
        (NETS, ["huge"], ["huge"]),
        (NETS, EVEN, EVEN),
        (EVEN, NETS, NETS),
        (EVEN, {"num": 5}, {"from": 0, "to": 1, "num": 5}),
        (EVEN, {"step": 0.5}, {"from": 0, "to": 1, "step": 0.5}),
        ({"num": {}, "a": {}}, {"step": {}}, {"num": {}, "a": {}, "step": {}}),
        ([1], NETS, NETS),
    ],
    ids=str,
)
def test_an_axis_goes_over_that_of_its_base(base: Any, own: Any, result: Any) -> None:
    given = (Document(source="f", data={"axes": {"a": axis}}, marks={}) for axis in (base, own))

    assert merged(*given).data == {"axes": {"a": result}}


def test_reports_are_united_on_request() -> None:
    base, own = document(report=["a", "b"]), document(report=["b", "c"])

    assert merged(base, own, unite_reports=True).data["report"] == ["a", "b", "c"]


def test_stages_and_their_needs_carry_the_name_of_their_study() -> None:
    stages = {"x": {}, "y": {"needs": {"short": "x", "long": {"stage": "x"}, "other": "z"}}}

    assert together(document(stages=stages))["stages"]["a.y"]["needs"] == {
        "short": "a.x",
        "long": {"stage": "a.x"},
        "other": "z",
    }


def test_stages_keep_the_axes_of_their_study() -> None:
    assert together(document(axes={"lr": [1]}, stages={"x": {}}))["stages"]["a.x"] == {"axes": {"lr": [1]}}


def test_a_shape_that_two_studies_share_stands_once() -> None:
    same = {"shapes": {"gpu": {"gpus": 1}}}

    assert together(document("a", **same), document("b", **same))["shapes"] == {"gpu": {"gpus": 1}}


def test_the_composing_file_decides_between_shapes() -> None:
    subs = [document(name, shapes={"gpu": {"gpus": gpus}}) for name, gpus in (("a", 1), ("b", 2))]
    own = Document(source="all.yaml", data={"shapes": {"gpu": {"gpus": 4}}}, marks={})

    assert merged(Document(source="", data=together(*subs, own=own), marks={}), own).data["shapes"] == {
        "gpu": {"gpus": 4}
    }


@pytest.mark.parametrize(
    ("sub", "message"),
    [
        (document(None), "None.yaml:1: the study has no name, which its stages are prefixed with"),
        (document("b"), "b.yaml:1: two of the composed studies are named `b`"),
        (document(stages=[]), "a.yaml:1: `stages` must be a mapping (`key: value`)"),
        (document(report="x"), "a.yaml:1: `report` does not name files"),
        (document(shapes={"gpu": {"gpus": 2}}), "a.yaml:1: shape `gpu` is another one in an earlier study"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_composed_is_told_with_its_place(sub: Document, message: str) -> None:
    assert message in told(document("b", shapes={"gpu": {"gpus": 1}}), sub)
