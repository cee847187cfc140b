from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from orchestrator.study.searches.edges.optuna_options import CLASSES
from orchestrator.study.searches.sampler import _NAMES, Sampler, SamplerOptions, meant_by
from orchestrator.study.searches.search import Search

SAMPLERS: TypeAdapter[Any] = TypeAdapter(Sampler)
FLAT = {"trials": 3, "space": {"lr": [1, 2]}, "objective": {"minimize": "loss"}}


def test_every_sampler_has_a_class_of_optuna() -> None:
    assert set(_NAMES) == {"grid", *CLASSES["sampler"]}


def test_a_sampler_without_options_is_its_name() -> None:
    assert SAMPLERS.validate_python({"name": "tpe"}) == "tpe"


def test_options_stand_beside_the_name() -> None:
    found = SAMPLERS.validate_python({"name": "tpe", "n_startup_trials": 3})

    assert isinstance(found, SamplerOptions)
    assert found.options == {"n_startup_trials": 3}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("tqe", "there is no sampler `tqe`"),
        ({"name": "tqe"}, "there is no sampler `tqe`"),
        ({"n": 3}, "`{n: 3}` names no sampler"),
        (3, "`3` is not the name of a sampler"),
    ],
)
def test_what_is_no_sampler_is_told(given: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SAMPLERS.validate_python(given)


@pytest.mark.parametrize(
    ("name", "sampler"),
    [
        ("bayes", "tpe"),
        ("BayesOptSearch", "tpe"),
        ("TPESampler", "tpe"),
        ("CMA-ES", "cmaes"),
        ("NSGAIISampler", "nsga2"),
        ("random_search", "random"),
        ("Sobol", "qmc"),
        ("GridSampler", "grid"),
        ("astrology", None),
    ],
)
def test_what_others_call_a_sampler_is_known(name: str, sampler: str | None) -> None:
    assert meant_by(name) == sampler


def test_what_is_not_given_is_no_part_of_what_a_search_is() -> None:
    found = Search.model_validate(FLAT).model_dump(mode="json")

    assert set(found) == {"sampler", "trials", "space", "objective", "parallel"}
    assert found["sampler"] == "tpe"
