from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.messages.problems import Problems
from orchestrator.study.resolve import doubts
from orchestrator.study.searches.search import Search
from tests.study.test_resolve import TPE, file_of, resolved, told

LOSS, SPEED = {"minimize": "loss"}, {"maximize": "speed"}


def search(**keys: Any) -> Search:
    return Search.model_validate({**TPE, **keys})


def wrong(**keys: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        search(**keys)
    return str(raised.value)


@pytest.mark.parametrize(("given", "seeds"), [(3, [0, 1, 2]), (1, [0]), ([7, 2], [7, 2])])
def test_seeds_are_a_number_of_them_or_a_list(given: object, seeds: list[int]) -> None:
    assert search(seeds=given).seeds == seeds


@pytest.mark.parametrize("given", [0, -1, True, "three", [], [1, 1], [-1], [True], [0.5], 10_001])
def test_what_is_no_seeds_is_told(given: object) -> None:
    assert "seeds" in wrong(seeds=given)


def test_there_may_be_several_objectives() -> None:
    assert [one.metric for one in search(objective=[LOSS, SPEED]).objectives] == ["loss", "speed"]


def test_a_list_of_one_objective_is_that_objective() -> None:
    assert search(objective=[LOSS]) == search(objective=LOSS)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"objective": [LOSS, {"maximize": "loss"}]}, "`loss` is an objective twice"),
        ({"objective": [LOSS, SPEED], "target": 0.1}, "a target is for one objective, and there are 2"),
        ({"target": float("nan")}, "`target` must be a finite number"),
        ({"objective": []}, "at least 1 item"),
    ],
)
def test_objectives_that_cannot_be_are_told(keys: dict[str, Any], message: str) -> None:
    assert message in wrong(**keys)


@pytest.mark.parametrize("key", ["seeds", "rounds", "timeout", "target", "patience"])
def test_a_grid_has_no_use_for_what_ends_a_search(key: str) -> None:
    grid = {"sampler": "grid", "space": {"lr": [0.1, 1]}, "objective": LOSS}
    with pytest.raises(ValidationError, match=f"a grid tries all its points at once: leave `{key}` out"):
        Search.model_validate({**grid, key: 2})


def test_a_stage_over_seeds_has_no_search_with_seeds() -> None:
    stage = {"over": ["seed"], "search": {**TPE, "seeds": 2}}

    assert told({"a": stage}, axes={"seed": [0, 1]}) == [
        "stages.a.search.seeds: the stage is over `seed`, so each seed has a search of its own"
    ]


def test_rounds_leave_nothing_to_parallel() -> None:
    warnings = Problems(lambda _: "")
    doubts(file_of({"a": {"search": {**TPE, "rounds": 4, "parallel": 4}}}), warnings)

    assert [one.message for one in warnings.found] == [
        "a round is drawn and tried as a whole, so `parallel` changes nothing"
    ]


def test_without_parallel_nothing_is_said_of_rounds() -> None:
    warnings = Problems(lambda _: "")
    doubts(file_of({"a": {"search": {**TPE, "rounds": 4}}}), warnings)

    assert warnings.found == []


def test_what_is_not_given_is_not_written() -> None:
    assert search().model_dump().keys() == {"sampler", "trials", "space", "objective", "parallel"}


def test_a_search_is_read_as_it_was_written() -> None:
    whole = search(objective=[LOSS, SPEED], seeds=2, rounds=4, timeout="12h", patience=3)

    assert Search.model_validate_json(whole.model_dump_json()) == whole


def seeded(*seeds: int) -> dict[str, Any]:
    return {"a": {"task": "positive_seed", "search": {**TPE, "space": {"lr": [1, 2]}, "seeds": [*seeds]}}}


def test_only_the_seeds_that_are_tried_must_suit_the_task() -> None:
    assert resolved(seeded(1, 2)).stage("a").trials_per_point == 10


@pytest.mark.parametrize(
    ("seeds", "place"), [((0, 1), "stages.a.task: parameter `seed`"), ((1, 0), "stages.a.search.seeds[1]: ")]
)
def test_a_seed_that_the_task_does_not_take_is_told_once(seeds: tuple[int, int], place: str) -> None:
    (found,) = told(seeded(*seeds))

    assert found.startswith(place)
    assert found.endswith("`0` must be at least 1")
