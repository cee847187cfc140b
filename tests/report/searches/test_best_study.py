from typing import Any

from orchestrator.report.searches.best_study import study_of_best
from orchestrator.report.searches.best_trials import BestTrial, StageBest
from orchestrator.study.objective import Objective
from orchestrator.study.trial import Trial

SEARCH = {"trials": 9, "space": {"lr": [0.1, 0.2]}, "objective": {"minimize": "loss"}}
SWEEP: dict[str, Any] = {"task": "toy.train", "search": SEARCH, "params": {"steps": 3}}
FINAL = {"task": "toy.train", "needs": {"best": {"stage": "sweep", "best": "loss"}}}


def best(
    params: dict[str, Any], *, seed: int = 0, given: dict[str, Any] | None = None, **axes: Any
) -> BestTrial:
    whole = {"steps": 3, **params} if given is None else given
    trial = Trial(
        id="t", stage="sweep", task="toy.train", version=1, params=whole, seed=seed, needs={}, axes=axes
    )
    return BestTrial(axes=axes, values={"loss": 0.1}, params=params, trials=(trial,))


def found(*bests: BestTrial, searched: bool = True) -> StageBest:
    return StageBest(
        stage="sweep",
        objectives=(Objective(minimize="loss"),),
        found=bests,
        points=len(bests),
        searched=searched,
    )


def settled(what: StageBest, sweep: dict[str, Any] = SWEEP, **others: Any) -> dict[str, Any]:
    """Return the stages of the study of the best."""
    stages: dict[str, Any] = study_of_best({"study": "s", "stages": {"sweep": sweep, **others}}, what)[
        "stages"
    ]
    return stages


def test_the_best_of_one_point_stands_under_params() -> None:
    assert settled(found(best({"lr": 0.2}))) == {
        "sweep": {"task": "toy.train", "params": {"steps": 3, "lr": 0.2}}
    }


def test_the_best_of_several_points_are_listed() -> None:
    sweep = {**SWEEP, "over": ["encoder"]}
    what = found(best({"lr": 0.2}, encoder="a"), best({"lr": 0.1}, encoder="b"))

    assert settled(what, sweep)["sweep"] == {
        "task": "toy.train",
        "params": {"steps": 3},
        "include": [{"encoder": "a", "lr": 0.2}, {"encoder": "b", "lr": 0.1}],
    }


def test_parameters_that_others_are_handed_are_listed() -> None:
    stages = settled(found(best({"lr": 0.2})), final=FINAL)

    assert stages["sweep"]["include"] == [{"lr": 0.2}]
    assert stages["final"]["needs"] == {"best": {"stage": "sweep", "best": {"minimize": "loss"}}}


def test_a_point_of_which_nothing_is_known_yet_is_left_out() -> None:
    what = StageBest(
        stage="sweep", objectives=(), found=(best({"lr": 0.2}, encoder="a"),), points=2, searched=True
    )

    assert settled(what, {**SWEEP, "over": ["encoder"]})["sweep"]["include"] == [{"encoder": "a", "lr": 0.2}]


def test_a_nested_name_stands_for_the_whole_parameter() -> None:
    what = found(best({"opt.lr": 0.2}, given={"opt": {"lr": 0.2, "momentum": 0.9}}))

    assert settled(what)["sweep"]["params"] == {"steps": 3, "opt": {"lr": 0.2, "momentum": 0.9}}


def test_seeds_that_were_averaged_are_averaged_again() -> None:
    one, two = best({"lr": 0.2}, seed=0), best({"lr": 0.2}, seed=1)
    both = BestTrial(axes={}, values={}, params={"lr": 0.2}, trials=(*one.trials, *two.trials))
    stages = settled(found(both), final=FINAL)

    assert stages["sweep"]["include"] == [{"seed": 0, "lr": 0.2}, {"seed": 1, "lr": 0.2}]
    assert stages["final"]["needs"]["best"]["best"] == {"minimize": "loss", "mean": ["seed"]}


def test_of_a_grid_the_points_are_listed() -> None:
    grid = {"task": "toy.train", "over": ["lr", "seed"], "exclude": [{"lr": 0.3}]}
    what = found(best({"lr": 0.2}, lr=0.2, seed=1), searched=False)

    assert settled(what, grid)["sweep"] == {"task": "toy.train", "include": [{"lr": 0.2, "seed": 1}]}


def test_it_has_another_name() -> None:
    data = {"study": "s" * 80, "stages": {"sweep": SWEEP}}

    assert study_of_best(data, found(best({"lr": 0.2})))["study"] == "s" * 75 + "-best"


def test_its_name_comes_first_and_nothing_empty() -> None:
    data = {"shapes": {}, "stages": {"sweep": SWEEP}, "study": "s", "axes": {"lr": [0.1]}}

    assert list(study_of_best(data, found(best({"lr": 0.2})))) == ["study", "axes", "stages"]
