import pytest
from pydantic import ValidationError

from orchestrator.study.searches.pruner import Pruner
from orchestrator.study.searches.search import Search

SEARCH = {"trials": 3, "space": {"x": [1, 2]}, "objective": {"minimize": "m"}}


def test_a_name_alone_is_a_pruner_without_options() -> None:
    search = Search.model_validate({**SEARCH, "pruner": "median"})

    assert search.pruner == Pruner(name="median")


def test_what_stands_beside_the_name_are_options() -> None:
    pruner = Pruner.model_validate({"name": "hyperband", "metric": "v", "max_resource": 50})

    assert (pruner.metric, pruner.options) == ("v", {"max_resource": 50})


def test_a_pruner_is_read_again_as_it_was_written_down() -> None:
    search = Search.model_validate({**SEARCH, "pruner": {"name": "median", "n_startup_trials": 2}})

    assert Search.model_validate_json(search.model_dump_json()) == search


def test_a_search_without_one_is_written_down_as_before_there_were_any() -> None:
    assert "pruner" not in Search.model_validate(SEARCH).model_dump()


def test_an_unknown_pruner_is_refused() -> None:
    with pytest.raises(ValidationError, match="hyperband"):
        Search.model_validate({**SEARCH, "pruner": "asha"})
