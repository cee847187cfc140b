from pathlib import Path

from tests.study.searched import told

SPACE = {"beta": {"low": 0.1, "high": 0.2}}


def test_wrong_options_are_told_at_their_place(tmp_path: Path) -> None:
    found = told(tmp_path, SPACE, sampler={"name": "tpe", "n_startup": 3, "seed": 1})

    assert [one.partition(":")[0] for one in found] == ["sampler.n_startup", "sampler.seed"]


def test_right_options_are_no_problem(tmp_path: Path) -> None:
    assert told(tmp_path, SPACE, sampler={"name": "cmaes", "popsize": 8, "with_margin": True}) == []
