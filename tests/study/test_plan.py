import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.study.objective import Best, Objective
from orchestrator.study.plan import Candidates, Expansion, Known, applies, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study

LOSS = Best(minimize="loss")
SEARCH = Search(trials=2, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))


def stage(name: str, *points: dict[str, Any], **rest: Any) -> Stage:
    """Return a stage whose parameters are its axes."""
    found = tuple(
        Point(axes=axes, seed=axes.get("seed", 0), params={"stage": name, **axes}) for axes in points
    )
    return Stage(name=name, task="t", version=1, shape=Shape(), points=found, **rest)


def study(*stages: Stage) -> Study:
    return Study(name="s", stages=stages)


def asked(key: str, *values: float) -> Known:
    """Return what is known after a search has answered."""
    return Known(asked={key: [Asked(number=i, params={"lr": lr}) for i, lr in enumerate(values)]})


PAIR = study(
    stage("a", {"net": "x"}, {"net": "y"}),
    stage(
        "b",
        {"net": "x", "k": 1},
        {"net": "x", "k": 2},
        {"net": "y", "k": 1},
        needs=(Edge(name="n", stage="a"),),
    ),
)
SWEEP = study(
    stage("sweep", {}, search=SEARCH),
    stage("final", {}, needs=(Edge(name="n", stage="sweep", best=LOSS, inherits=("lr",)),)),
)
(OPENING,) = expand(SWEEP, Known()).openings
TWICE = asked(OPENING.key, 0.5, 0.9)
FIRST, SECOND = expand(SWEEP, TWICE).of("sweep")
BOTH = frozenset({FIRST.id, SECOND.id})


def test_a_need_joins_on_the_axes_both_have() -> None:
    plan = expand(PAIR, Known())

    assert [plan.by_id[trial.needs["n"]].axes["net"] for trial in plan.of("b")] == ["x", "x", "y"]


def test_a_trial_that_two_stages_share_is_one() -> None:
    plan = expand(
        study(stage("a", {"net": "x"}), stage("a", {"net": "x"}).model_copy(update={"name": "b"})), Known()
    )

    assert len(plan.trials) == 2
    assert len(plan.by_id) == 1


def test_a_need_holds_only_when_it_says() -> None:
    edge = Edge(name="n", stage="a", when={"net": ["x"]})
    plan = expand(study(PAIR.stages[0], stage("b", {"net": "x"}, {"net": "y"}, needs=(edge,))), Known())

    assert [list(trial.needs) for trial in plan.of("b")] == [["n"], []]


def test_trials_that_need_different_trials_are_different() -> None:
    plan = expand(
        study(PAIR.stages[0], stage("b", {"net": "x"}, {"net": "y"}, needs=(Edge(name="n", stage="a"),))),
        Known(),
    )

    assert len({trial.id for trial in plan.trials}) == 4


@given(st.permutations(range(3)))
def test_ids_do_not_depend_on_the_order_of_points(order: list[int]) -> None:
    points = [{"net": "x", "k": 1}, {"net": "y", "k": 2}, {"net": "z", "k": 3}]
    turned = [dict(reversed(points[index].items())) for index in order]

    assert {trial.id for trial in expand(study(stage("a", *turned)), Known()).trials} == {
        trial.id for trial in expand(study(stage("a", *points)), Known()).trials
    }


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=6))
def test_every_point_is_a_trial_of_its_own(values: list[int]) -> None:
    plan = expand(study(stage("a", *({"k": value} for value in values))), Known())

    assert len({trial.id for trial in plan.trials}) == len(values)


def test_what_a_study_or_stage_is_called_does_not_change_ids() -> None:
    def ids(name: str, called: str) -> list[str]:
        renamed = PAIR.stages[0].model_copy(update={"name": called})
        return [trial.id for trial in expand(Study(name=name, stages=(renamed,)), Known()).trials]

    assert ids("s", "a") == ids("other", "part.a")


def test_a_search_opens_with_all_its_trials_remaining() -> None:
    assert (OPENING.remaining, OPENING.trials) == (2, ())


def test_answers_become_trials() -> None:
    (opening,) = expand(SWEEP, asked(OPENING.key, 0.5)).openings

    assert ([trial.params["lr"] for trial in opening.trials], opening.remaining) == ([0.5], 1)


def test_more_answers_than_wanted_are_left_out() -> None:
    assert len(expand(SWEEP, asked(OPENING.key, 0.1, 0.2, 0.3)).of("sweep")) == 2


def test_an_answer_that_is_given_twice_is_one_trial() -> None:
    plan = expand(SWEEP, asked(OPENING.key, 0.5, 0.5))

    assert [trial.params["lr"] for trial in plan.of("sweep")] == [0.5]


def test_a_search_ends_though_it_answers_the_same_again_and_again() -> None:
    (opening,) = expand(SWEEP, asked(OPENING.key, 0.5, 0.5)).openings

    assert (len(opening.trials), len(opening.answers), opening.remaining) == (1, 2, 0)


def test_undecided_trials_are_counted() -> None:
    assert expand(SWEEP, asked(OPENING.key, 0.5)).undecided == {"sweep": 1, "final": 1}


@pytest.mark.parametrize("update", [{"trials": 9}, {"parallel": 1}], ids=["more trials", "other parallelism"])
def test_a_search_keeps_its_answers_when_it_gets_longer(update: dict[str, int]) -> None:
    longer = SWEEP.stages[0].model_copy(update={"search": SEARCH.model_copy(update=update)})

    assert expand(study(longer), Known()).openings[0].key == OPENING.key


def test_another_space_is_another_search() -> None:
    wider = SEARCH.model_copy(update={"space": {"lr": Range(low=0.1, high=2.0)}})
    other = SWEEP.stages[0].model_copy(update={"search": wider})

    assert expand(study(other), Known()).openings[0].key != OPENING.key


def test_the_best_trial_gives_its_parameters() -> None:
    known = Known(asked=TWICE.asked, results={FIRST.id: {"loss": 2.0}, SECOND.id: {"loss": 1.0}}, ended=BOTH)

    (final,) = expand(SWEEP, known).of("final")

    assert (final.needs, final.params["lr"]) == ({"n": SECOND.id}, 0.9)


@pytest.mark.parametrize(
    ("results", "ended"),
    [
        ({}, BOTH),
        ({FIRST.id: {"loss": 1.0}}, frozenset({FIRST.id})),
        ({FIRST.id: {"other": 1.0}, SECOND.id: {"other": 1.0}}, BOTH),
        ({trial: {"loss": math.nan} for trial in BOTH}, BOTH),
    ],
    ids=["all failed", "one is still training", "none has the metric", "none is finite"],
)
def test_the_best_waits_until_it_is_known(
    results: dict[str, dict[str, float]], ended: frozenset[str]
) -> None:
    plan = expand(SWEEP, Known(asked=TWICE.asked, results=results, ended=ended))

    assert (plan.of("final"), plan.undecided) == ([], {"final": 1})


def test_a_failed_trial_does_not_hold_up_the_best() -> None:
    known = Known(asked=TWICE.asked, results={FIRST.id: {"loss": 2.0}}, ended=BOTH)

    assert expand(SWEEP, known).of("final")[0].needs == {"n": FIRST.id}


def test_a_point_without_shared_axes_joins_with_all() -> None:
    trials = expand(PAIR, Known()).of("a")

    assert Candidates(trials).joined({"other": 1}) == trials


def test_one_and_true_are_not_joined() -> None:
    trials = expand(study(stage("a", {"flag": True}, {"flag": 1})), Known()).of("a")

    assert [Candidates(trials).joined({"flag": value}) for value in (True, 1)] == [[trials[0]], [trials[1]]]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"a": 1}, True),
        ({"a": [2, 3]}, False),
        ({"b": 1}, False),
        ({"a": True}, False),
        ({"a": [2, True]}, False),
    ],
)
def test_conditions_of_a_need(when: dict[str, Any], holds: bool) -> None:
    assert applies(Edge(name="n", stage="s", when=when), {"a": 1}) is holds


def test_the_best_of_one_search_waits_for_no_other() -> None:
    final = stage("final", {"net": "x"}, {"net": "y"}, needs=(Edge(name="n", stage="sweep", best=LOSS),))
    sweeps = study(stage("sweep", {"net": "x"}, {"net": "y"}, search=SEARCH), final)
    known = asked(expand(sweeps, Known()).openings[0].key, 0.5, 0.9)
    ids = [trial.id for trial in expand(sweeps, known).of("sweep")]
    results = {trial: {"loss": 1.0} for trial in ids}
    plan = expand(sweeps, Known(asked=known.asked, results=results, ended=frozenset(ids)))

    assert [trial.axes for trial in plan.of("final")] == [{"net": "x"}]
    assert plan.undecided == {"sweep": 2, "final": 1}


MEAN = Best(minimize="loss", mean=["seed"])
SEEDS = [{"lr": lr, "seed": seed} for lr in (1, 2) for seed in (0, 1)]


def finals(*points: dict[str, Any], losses: list[float], ended: int = 4) -> list[dict[str, Any]]:
    """Return the axes of the trials that finals take, of two settings with two seeds and these losses."""
    train = stage("train", *SEEDS)
    final = stage("final", *points, needs=(Edge(name="n", stage="train", best=MEAN, inherits=("lr",)),))
    ids = [trial.id for trial in expand(study(train), Known()).trials]
    results = {trial: {"loss": loss} for trial, loss in zip(ids, losses, strict=False)}
    plan = expand(study(train, final), Known(results=results, ended=frozenset(ids[:ended])))
    return [plan.by_id[trial.needs["n"]].axes for trial in plan.of("final")]


LUCKY = [0.5, 2.0, 1.0, 1.0]


def test_the_setting_with_the_best_mean_is_taken_by_its_first_trial() -> None:
    assert finals({}, losses=LUCKY) == [{"lr": 2, "seed": 0}]


def test_each_seed_takes_the_trial_of_its_own_seed() -> None:
    assert finals({"seed": 0}, {"seed": 1}, losses=LUCKY) == [{"lr": 2, "seed": 0}, {"lr": 2, "seed": 1}]


def test_a_mean_waits_for_every_seed() -> None:
    assert finals({"seed": 0}, losses=LUCKY[:3], ended=3) == []


def test_where_names_another_point_than_ones_own() -> None:
    edge = Edge(name="n", stage="a", where={"net": "x"})
    plan = expand(study(PAIR.stages[0], stage("b", {"net": "x"}, {"net": "y"}, needs=(edge,))), Known())

    assert [plan.by_id[trial.needs["n"]].axes["net"] for trial in plan.of("b")] == ["x", "x"]


def test_where_takes_the_value_of_an_axis_of_ones_own() -> None:
    edge = Edge(name="n", stage="a", where={"net": "${from}"})
    plan = expand(study(PAIR.stages[0], stage("b", {"from": "y"}, {"from": "x"}, needs=(edge,))), Known())

    assert [plan.by_id[trial.needs["n"]].axes["net"] for trial in plan.of("b")] == ["y", "x"]


def test_the_best_is_looked_for_where_it_says() -> None:
    needs = (Edge(name="n", stage="train", best=LOSS, where={"lr": 2}),)
    whole = study(stage("train", *SEEDS), stage("final", {}, needs=needs))
    ids = [trial.id for trial in expand(whole, Known()).of("train")]
    results = {trial: {"loss": loss} for trial, loss in zip(ids, [0, 1, 5, 4], strict=True)}

    (final,) = expand(whole, Known(results=results, ended=frozenset(ids))).of("final")

    assert final.needs == {"n": ids[3]}


ALL_SEEDS = Edge(name="n", stage="train", all=("seed",))
"""Gathers over seeds, joined on the rest."""
FOUR = tuple(trial.id for trial in expand(study(stage("train", *SEEDS)), Known()).trials)


def gathered(edge: Edge, *points: dict[str, Any], known: Known | None = None) -> list[tuple[str, ...]]:
    """Return the ids that each decided point gathers of two settings with two seeds."""
    plan = expand(study(stage("train", *SEEDS), stage("mean", *points, needs=(edge,))), known or Known())
    return [tuple(member.id for member in trial.gathered["n"].members) for trial in plan.of("mean")]


def test_all_trials_over_an_axis_are_gathered_and_joined_on_the_others() -> None:
    assert gathered(ALL_SEEDS, {"lr": 1}, {"lr": 2}) == [FOUR[:2], FOUR[2:]]


def test_an_axis_of_ones_own_that_is_gathered_over_is_not_joined() -> None:
    assert gathered(ALL_SEEDS, {"lr": 1, "seed": 1}) == [FOUR[:2]]


def test_all_is_limited_by_where() -> None:
    assert gathered(ALL_SEEDS.model_copy(update={"where": {"lr": 2}}), {"lr": 1}) == [FOUR[2:]]


def test_a_gathered_trial_has_its_axes() -> None:
    plan = expand(study(stage("train", *SEEDS), stage("mean", {"lr": 2}, needs=(ALL_SEEDS,))), Known())

    assert [member.axes for member in plan.of("mean")[0].gathered["n"].members] == SEEDS[2:]


def test_points_that_gather_the_same_trials_share_them() -> None:
    whole = study(stage("train", *SEEDS), stage("mean", {"k": 1}, {"k": 2}, needs=(ALL_SEEDS,)))
    expansion = Expansion(whole)
    one, other = expansion.expand(Known()).of("mean")

    assert one.gathered["n"] is other.gathered["n"]
    assert expansion.expand(Known(results={"other": {}})).of("mean") == [one, other]


def test_what_gathers_other_trials_is_another_trial() -> None:
    whole = study(
        stage("train", *SEEDS),
        stage("mean", {"lr": 1}, {"lr": 2}, needs=(ALL_SEEDS,)).model_copy(
            update={"points": tuple(Point(axes={"lr": lr}, seed=0, params={}) for lr in (1, 2))}
        ),
    )

    assert len({trial.id for trial in expand(whole, Known()).of("mean")}) == 2


def test_what_needs_a_mean_over_seeds_takes_the_best_of_them() -> None:
    best = Edge(name="n", stage="mean", best=Best(maximize="acc"), inherits=("lr",))
    mean = stage("mean", {"lr": 1}, {"lr": 2}, needs=(ALL_SEEDS,))
    whole = study(stage("train", *SEEDS), mean, stage("final", {}, needs=(best,)))
    ids = [trial.id for trial in expand(whole, Known()).of("mean")]
    known = Known(results={ids[0]: {"acc": 0.2}, ids[1]: {"acc": 0.9}}, ended=frozenset(ids))

    (final,) = expand(whole, known).of("final")

    assert (final.needs, final.params["lr"]) == ({"n": ids[1]}, 2)


def test_an_axis_that_is_no_parameter_of_the_best_trial_is_handed_on_too() -> None:
    best = Edge(name="n", stage="mean", best=Best(maximize="acc"), inherits=("lr",))
    points = tuple(Point(axes={"lr": lr}, seed=0, params={}) for lr in (1, 2))
    mean = stage("mean", {"lr": 1}, needs=(ALL_SEEDS,)).model_copy(update={"points": points})
    whole = study(stage("train", *SEEDS), mean, stage("final", {}, needs=(best,)))
    ids = [trial.id for trial in expand(whole, Known()).of("mean")]
    known = Known(results={ids[0]: {"acc": 0.2}, ids[1]: {"acc": 0.9}}, ended=frozenset(ids))

    (final,) = expand(whole, known).of("final")

    assert final.params["lr"] == 2


THREE = ALL_SEEDS.model_copy(update={"all": ("lr", "seed"), "require": 3})


@pytest.mark.parametrize(
    ("done", "settled", "found"),
    [
        (FOUR, FOUR, [FOUR]),
        (FOUR[1:], FOUR, [FOUR[1:]]),
        (FOUR[2:], FOUR, []),
        (FOUR[1:], FOUR[1:], []),
    ],
    ids=["all", "enough", "too few", "one may still have a result"],
)
def test_so_many_as_are_required_are_gathered_once_all_have_ended(
    done: tuple[str, ...], settled: tuple[str, ...], found: list[tuple[str, ...]]
) -> None:
    known = Known(results={trial: {} for trial in done}, settled=frozenset(settled))

    assert gathered(THREE, {}, known=known) == found


def test_what_was_left_out_is_known() -> None:
    known = Known(results={trial: {} for trial in FOUR[1:]}, settled=frozenset(FOUR))
    plan = expand(study(stage("train", *SEEDS), stage("mean", {}, needs=(THREE,))), known)

    assert plan.of("mean")[0].gathered["n"].without == (SEEDS[0],)


ALL_ANSWERS = stage("ensemble", {}, needs=(Edge(name="n", stage="sweep", all=("lr",)),))


def test_all_trials_of_a_search_are_gathered_with_what_it_chose() -> None:
    (trial,) = expand(study(SWEEP.stages[0], ALL_ANSWERS), TWICE).of("ensemble")

    assert [member.axes for member in trial.gathered["n"].members] == [{"lr": 0.5}, {"lr": 0.9}]


def test_a_search_is_not_gathered_while_it_may_still_ask() -> None:
    plan = expand(study(SWEEP.stages[0], ALL_ANSWERS), asked(OPENING.key, 0.5))

    assert (plan.of("ensemble"), plan.undecided) == ([], {"sweep": 1, "ensemble": 1})


def test_a_search_that_gathers_other_trials_is_another_search() -> None:
    keys = [
        expand(study(stage("train", *SEEDS), stage("s", {}, search=SEARCH, needs=(edge,))), Known())
        .openings[0]
        .key
        for edge in (ALL_SEEDS, ALL_SEEDS.model_copy(update={"where": {"lr": 1}}))
    ]

    assert len(set(keys)) == 2


def test_a_search_needs_all_that_it_gathers() -> None:
    plan = expand(study(stage("train", *SEEDS), stage("s", {}, search=SEARCH, needs=(ALL_SEEDS,))), Known())

    assert plan.openings[0].needed.ids == FOUR
