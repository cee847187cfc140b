from pathlib import Path
from typing import Any

import pytest

from tests.study.searched import entry, read, told

MIXED = {"beta": {"low": 0.1, "high": 0.2}, "optimizer": {"sgd": {"opt.momentum": [0.1, 0.2]}, "adam": None}}


@pytest.mark.parametrize(
    ("sampler", "random"),
    [
        ("cmaes", "`optimizer`, `opt.momentum`"),
        ("gp", "`opt.momentum`"),
        ("nsga2", "`opt.momentum`"),
        ("tpe", None),
        ("qmc", None),
        ("random", None),
    ],
)
def test_what_a_sampler_draws_at_random_is_a_warning(
    tmp_path: Path, sampler: str, random: str | None
) -> None:
    warnings = read(tmp_path, {"sweep": entry(MIXED, sampler=sampler)}).warnings

    assert [one.message.partition(", and draws at random: ")[2] for one in warnings] == [random] * bool(
        random
    )


@pytest.mark.parametrize(("sampler", "count"), [("cmaes", 1), ("tpe", 0), ("gp", 0), ("nsga2", 0)])
def test_a_sampler_for_one_objective_is_refused_for_several(tmp_path: Path, sampler: str, count: int) -> None:
    space, objective = {"beta": {"low": 0.1, "high": 0.2}}, [{"minimize": "loss"}, {"maximize": "speed"}]
    wrong = told(tmp_path, space, sampler=sampler, objective=objective)

    assert [text for text in wrong if "searches for one objective, and there are 2" in text] == wrong
    assert len(wrong) == count


@pytest.mark.parametrize(
    "space", [{"beta": [0.1, 0.2]}, {"optimizer": {"sgd": {"beta": {"low": 0.1, "high": 0.2}}, "adam": None}}]
)
def test_a_sampler_that_would_learn_nothing_is_refused(tmp_path: Path, space: dict[str, Any]) -> None:
    assert told(tmp_path, space, sampler="cmaes")[0].startswith(
        "sampler: `cmaes` knows ranges of numbers alone"
    )
