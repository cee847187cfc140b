import subprocess
import sys
from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.searches.edges.pruner_options import check_pruners
from orchestrator.study.study_file import StudyFile


def told(pruner: Any, sampler: str = "random", **need: Any) -> list[str]:
    """Return what is wrong with a study whose search has a pruner, each with its place."""
    search = {"sampler": sampler, "space": {"x": [1, 2]}, "objective": {"minimize": "m"}, "pruner": pruner}
    stages = {
        "a": {"task": "t", "search": search | ({} if sampler == "grid" else {"trials": 3})},
        "b": {"task": "t", "needs": {"a": {"stage": "a", **need}}},
    }
    problems = Problems(lambda keys: ".".join(map(str, keys)))
    check_pruners(StudyFile.model_validate({"study": "s", "stages": stages}), problems)
    return [f"{one.where}: {one.message}" for one in problems.found]


@pytest.mark.parametrize(
    "pruner",
    [
        "median",
        "successive_halving",
        {"name": "hyperband", "metric": "val_loss", "max_resource": 50},
        {"name": "percentile", "percentile": 25},
        {"name": "patient", "patience": 3, "wrapped_pruner": {"name": "median", "n_startup_trials": 2}},
    ],
)
def test_what_optuna_takes_is_right(pruner: Any) -> None:
    assert told(pruner, best="m") == []


def test_a_wrong_option_is_told_at_its_place() -> None:
    (found,) = told({"name": "median", "n_start": 3}, best="m")

    assert found == "stages.a.search.pruner.n_start: pruner `median` has no option `n_start`"


def test_an_option_that_is_missing_is_told() -> None:
    (found,) = told("percentile", best="m")

    assert found == "stages.a.search.pruner: pruner `percentile` needs `percentile`, which is missing"


def test_several_objectives_have_no_pruner() -> None:
    search = {"trials": 3, "space": {"x": [1, 2]}, "pruner": "median"}
    search["objective"] = [{"minimize": "m"}, {"maximize": "n"}]
    problems = Problems(lambda keys: ".".join(map(str, keys)))
    stages = {"a": {"task": "t", "search": search}}
    check_pruners(StudyFile.model_validate({"study": "s", "stages": stages}), problems)

    assert [one.where for one in problems.found] == ["stages.a.search.pruner"]


def test_a_grid_has_no_pruner() -> None:
    (found,) = told("median", sampler="grid", best="m")

    assert found == "stages.a.search.pruner: a grid is trained to its end: none of its trials is ended early"


@pytest.mark.parametrize("require", [{}, {"require": "all"}])
def test_a_need_for_every_trial_of_such_a_search_is_refused(require: Any) -> None:
    (found,) = told("median", all=["x"], **require)

    assert found.startswith("stages.b.needs.a: it wants all trials of `a`, whose pruner ends some")


def test_a_need_for_some_of_them_is_right() -> None:
    assert told("median", all=["x"], require=1) == []


def test_a_pruner_without_options_needs_no_optuna() -> None:
    code = (
        "import sys; from tests.study.searches.edges.test_pruner_options import told; "
        "assert told('hyperband', best='m') == []; assert 'optuna' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
