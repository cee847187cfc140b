"""Training a stage again is another trial in another folder; nothing else changes its name."""

import pytest

from orchestrator.messages.errors import UserError
from orchestrator.study.fresh import Freshness, freshened, with_fresh
from orchestrator.study.names import UnknownNameError
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.study import Edge, Study
from tests.tracked_study import points, stage

STUDY = Study(
    name="s",
    stages=(
        stage("data", points(seed=[0])),
        stage("train", points(seed=[0, 1]), (Edge(name="data", stage="data"),)),
        stage("part.use", points(seed=[0, 1]), (Edge(name="source", stage="train"),)),
    ),
)


def ids(study: Study, name: str) -> set[str]:
    return {trial.id for trial in expand(study, Known()).of(name)}


def fresh(*again: str, as_before: tuple[str, ...] = (), code: str = "c2", **before: str) -> dict[str, str]:
    return freshened(STUDY, Freshness(again=again, as_before=as_before), before, lambda: code)


@pytest.mark.parametrize(("name", "same"), [("data", True), ("train", False), ("part.use", False)])
def test_the_stage_and_what_needs_it_are_other_trials(name: str, same: bool) -> None:
    assert (ids(STUDY, name) == ids(with_fresh(STUDY, fresh("train")), name)) is same


def test_a_search_is_asked_again() -> None:
    search = Search(trials=2, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))
    sweep = stage("sweep", points(seed=[0])).model_copy(update={"search": search})
    asking = Study(name="s", stages=(sweep,))
    before, after = (expand(study, Known()) for study in (asking, with_fresh(asking, {"sweep": "c2"})))

    assert before.openings[0].key != after.openings[0].key


def test_the_same_code_means_the_same_trials() -> None:
    assert fresh("train") == fresh("train", train="c2")


def test_other_code_means_other_trials() -> None:
    assert fresh("train", code="c3", train="c2") == {"train": "c3"}


def test_it_holds_until_it_is_taken_back() -> None:
    assert fresh(train="c1") == {"train": "c1"}


def test_it_can_be_taken_back() -> None:
    assert fresh(as_before=("train",), train="c1", data="c1") == {"data": "c1"}


def test_a_part_means_all_of_its_stages() -> None:
    assert fresh("part") == {"part.use": "c2"}


def test_a_stage_left_out_this_time_is_remembered() -> None:
    assert fresh(elsewhere="c1") == {"elsewhere": "c1"}


def test_code_is_not_looked_at_where_nothing_is_trained_again() -> None:
    assert freshened(STUDY, Freshness(), {}, lambda: pytest.fail("looked at")) == {}


def test_a_misspelt_stage_is_told() -> None:
    with pytest.raises(UnknownNameError, match="no stage `trian`"):
        fresh("trian")


def test_both_at_once_is_refused() -> None:
    with pytest.raises(UserError, match="`train` cannot be trained again and count as before"):
        fresh("train", as_before=("train",))
