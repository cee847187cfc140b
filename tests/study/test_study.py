import pytest
from pydantic import ValidationError

from orchestrator.study.objective import Objective
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Stage, Study

SEARCH = Search(trials=5, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))
PLAIN = Stage(name="a", task="t", version=1, shape=Shape(), points=())
SWEEP = PLAIN.model_copy(update={"name": "b", "search": SEARCH})


SEEDED = PLAIN.model_copy(update={"search": SEARCH.model_copy(update={"seeds": [0, 1, 7]})})


@pytest.mark.parametrize(
    ("stage", "count"), [(PLAIN, 1), (SWEEP, 5), (SEEDED, 15)], ids=["plain", "search", "with seeds"]
)
def test_a_point_stands_for_the_trials_that_its_search_asks_for(stage: Stage, count: int) -> None:
    assert stage.trials_per_point == count


def test_a_stage_is_found_by_its_name() -> None:
    assert Study(name="s", stages=(PLAIN, SWEEP)).stage("b") == SWEEP


def test_a_study_is_read_back_as_it_was_written() -> None:
    study = Study(name="s", stages=(PLAIN, SWEEP))

    assert Study.model_validate_json(study.model_dump_json()) == study


def test_a_study_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError):
        Study.model_validate({"name": "s", "stages": [], "newer": 1})


def test_a_study_from_before_something_could_be_kept_is_read() -> None:
    old = PLAIN.model_dump(mode="json", exclude={"keep"})

    assert Stage.model_validate(old) == PLAIN
