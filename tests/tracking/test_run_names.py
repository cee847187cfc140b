"""What runs are called, so that they are told apart where MLflow cuts their names."""

from itertools import product
from typing import Any

import pytest

from orchestrator.study.plan import Known, expand
from orchestrator.tracking.run_names import SEEN, run_names
from tests.evidence.searched import answers, search_of, study_of
from tests.tracked_study import points, stage, submission


def names(**axes: list[Any]) -> list[str]:
    study = submission("s", stage("faces.train", points(**({"seed": [0]} | axes)))).study
    return list(run_names(study, expand(study, Known())).values())


def test_what_does_not_vary_is_left_out() -> None:
    assert names(encoder=["vgg16", "resnet50"], dataset=["lfw"]) == ["vgg16", "resnet50"]


def test_the_only_trial_of_a_stage_is_called_by_its_stage() -> None:
    assert names() == ["train"]


def test_the_seed_comes_last() -> None:
    assert names(encoder=["vgg16", "vgg19"], seed=[0, 1])[::2] == ["vgg16 s0", "vgg16 s1"]


def test_numbers_stand_with_their_axis() -> None:
    assert names(optimizer=["sgd", "adam"], lr=[0.0001, 0.03])[:2] == ["sgd lr=1e-4", "sgd lr=0.03"]


def test_numbers_have_the_digits_that_tell_them_apart() -> None:
    assert names(lr=[0.123456, 0.123457]) == ["lr=0.123456", "lr=0.123457"]


def test_a_text_that_stands_under_two_axes_stands_with_its_axis() -> None:
    assert names(a=["x", "y"], b=["x", "z"])[0] == "a=x b=x"


def test_a_text_that_looks_like_something_else_stands_with_its_axis() -> None:
    assert names(fold=["1", "2"]) == ["fold=1", "fold=2"]


def test_lists_and_null_stand_with_their_axis() -> None:
    assert names(layers=[[64, 64], None]) == ["layers=[64, 64]", "layers=null"]


@pytest.mark.parametrize("letters", SEEN)
def test_long_names_are_shortened_until_they_differ_where_they_are_cut(letters: int) -> None:
    found = names(
        encoder=["vgg16", "vgg19", "resnet50"],
        pretrain=["control", "gender"],
        hair=[True, False],
        seed=[0, 1],
    )

    assert len({name[:letters] for name in found}) == len(found) == 24


def test_names_that_cannot_be_short_are_told_apart_by_their_whole() -> None:
    found = names(**{f"a{number}": ["left" * 9, "right" * 9] for number in range(8)})

    assert len(set(found)) == len(list(product(range(2), repeat=8)))


def test_an_answer_of_a_search_is_called_by_its_number_and_what_it_chose() -> None:
    study = study_of(search_of())
    (key,) = (opening.key for opening in expand(study, Known()).openings)
    plan = expand(study, Known(asked={key: answers(0.5, 0.25)}))

    assert list(run_names(study, plan).values()) == ["#1 lr=0.5", "#2 lr=0.25"]


def test_a_trial_of_two_stages_is_called_as_in_the_first() -> None:
    shared = points(seed=[0])
    one = stage("one", shared)
    two = stage("two", shared).model_copy(update={"task": one.task})
    study = submission("s", one, two).study

    assert list(run_names(study, expand(study, Known())).values()) == ["one"]
