from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.needs import Sources, check_luck, edges, ordered
from orchestrator.study.objective import Best
from orchestrator.study.study import Edge
from orchestrator.study.study_file import StudyFile

TRAIN = find_task("tests.toy_tasks.train")
LOSS = Best(minimize="loss")
SWEEP = {"task": "t", "search": {"trials": 3, "space": {"lr": [0.1, 1]}, "objective": {"minimize": "loss"}}}

AXES = {"net": ["big", "small"], "seed": [0, 1]}


def study(**stages: dict[str, Any]) -> StudyFile:
    entries = {name: {"task": "t", **stage} for name, stage in stages.items()}
    return StudyFile.model_validate({"study": "s", "axes": AXES, "stages": entries})


def edges_of(file: StudyFile, *, broken: tuple[str, ...] = ()) -> tuple[tuple[Edge, ...], list[str]]:
    """Return the needs of stage `b`, and what is wrong with them."""
    problems = Problems(lambda _: "")
    found = edges("b", file, TRAIN, frozenset(("stages", name) for name in broken), problems)
    return found, [problem.message for problem in problems.found]


def test_needed_stages_come_first() -> None:
    file = study(c={"needs": {"n": "b"}}, b={"needs": {"n": "a"}}, a={})

    assert ordered(file, frozenset(), Problems(lambda _: "")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ({"a": {"needs": {"n": "a"}}}, "the needs go in a circle: a → a"),
        (
            {"a": {"needs": {"n": "b"}}, "b": {"needs": {"n": "a"}}},
            "the needs go in a circle: a → b → a",
        ),
        ({"a": {"needs": {"n": "z"}}}, "there is no stage `z`"),
    ],
    ids=["itself", "circle", "unknown"],
)
def test_needs_that_lead_nowhere_are_told(stages: dict[str, Any], message: str) -> None:
    problems = Problems(lambda _: "")
    ordered(study(**stages), frozenset(), problems)

    assert [problem.message for problem in problems.found] == [message]


def test_a_need_of_a_stage_that_was_left_out_is_not_told_again() -> None:
    problems = Problems(lambda _: "")
    ordered(study(a={"needs": {"n": "z"}}), frozenset({("stages", "z")}), problems)

    assert not problems.found


def test_the_best_takes_its_direction_and_parameters_from_the_search() -> None:
    file = study(a=SWEEP, b={"needs": {"n": {"stage": "a", "best": "loss"}}})

    assert edges_of(file) == ((Edge(name="n", stage="a", best=LOSS, inherits=("lr",)),), [])


def test_own_parameters_are_not_inherited() -> None:
    file = study(a=SWEEP, b={"params": {"lr": 1}, "needs": {"n": {"stage": "a", "best": "loss"}}})

    assert edges_of(file)[0][0].inherits == ()


@pytest.mark.parametrize(
    ("need", "message"),
    [
        ("a", "`a` is a search with many trials: which of them is needed?"),
        (
            {"stage": "a", "best": "iou"},
            "`best: iou` has no direction from stage `a`: its search is for `loss`",
        ),
    ],
    ids=str,
)
def test_which_trial_of_a_search_is_needed_must_be_said(need: Any, message: str) -> None:
    assert edges_of(study(a=SWEEP, b={"needs": {"n": need}}))[1] == [message]


SEEDS = {"over": ["net", "seed"]}
MEAN = {"minimize": "loss", "mean": ["seed"]}


def test_a_setting_hands_on_everything_but_what_its_mean_is_over() -> None:
    file = study(
        a={"over": ["net", "lr"]}, b={"needs": {"n": {"stage": "a", "best": {**MEAN, "mean": ["lr"]}}}}
    )

    assert edges_of(file)[0][0].inherits == ("net",)


@pytest.mark.parametrize(
    ("source", "mean", "message"),
    [
        (SEEDS, ["sede"], "`sede` is not an axis of stage `a`"),
        (
            {**SWEEP, "over": ["seed"]},
            ["seed"],
            "each point of `a` is a search of its own, so no setting has several trials",
        ),
    ],
    ids=["unknown", "searched"],
)
def test_a_mean_over_what_makes_no_settings_is_told(
    source: dict[str, Any], mean: list[str], message: str
) -> None:
    file = study(a=source, b={"needs": {"n": {"stage": "a", "best": {**MEAN, "mean": mean}}}})

    assert edges_of(file)[1] == [message]


@pytest.mark.parametrize(
    ("source", "over", "best", "noted"),
    [
        (SEEDS, [], {"minimize": "loss"}, ["the best of `a` is decided by one seed each"]),
        (SEEDS, [], MEAN, []),
        (SEEDS, [], {**MEAN, "mean": ["net"]}, ["the best of `a` is decided by one seed each"]),
        (SEEDS, ["seed"], {"minimize": "loss"}, []),
        ({"over": ["net"]}, [], {"minimize": "loss"}, []),
        ({**SWEEP, "over": ["seed"]}, [], "loss", []),
    ],
    ids=["luck", "mean", "mean over another axis", "own seed", "no seeds", "searches"],
)
def test_a_best_that_one_seed_decides_is_noted(
    source: dict[str, Any], over: list[str], best: Any, noted: list[str]
) -> None:
    notes = Problems(lambda _: "")
    check_luck(study(a=source, b={"over": over, "needs": {"n": {"stage": "a", "best": best}}}), notes)

    assert [problem.message for problem in notes.found] == noted


def test_the_note_says_what_to_write() -> None:
    search = {"sampler": "grid", "space": {"lr": [0.1, 1]}, "objective": {"maximize": "iou"}}
    notes = Problems(lambda _: "")
    file = study(a={**SEEDS, "search": search}, b={"needs": {"n": {"stage": "a", "best": "iou"}}})
    check_luck(file, notes)

    assert notes.found[0].hint == (
        "write `best: {maximize: iou, mean: [seed]}` to compare means over the seeds"
    )


def test_a_stage_that_was_left_out_is_no_need() -> None:
    assert edges_of(study(a={}, b={"needs": {"n": "a"}}), broken=("a",)) == ((), [])


def sources(**need: Any) -> Sources:
    """Return what stage `b` gets from a search over networks."""
    file = study(a={**SWEEP, "over": ["net"]}, b={"needs": {"n": {"stage": "a", "best": "loss", **need}}})
    return Sources(file=file, stage="b", edges=edges_of(file)[0])


def test_an_inherited_parameter_has_an_example() -> None:
    assert sources().examples({}) == {"lr": 0.1, "net": "big"}


def test_a_need_that_does_not_hold_brings_nothing() -> None:
    assert sources(when={"seed": 1}).examples({"seed": 0}) == {}


def test_a_point_chooses_by_the_axes_of_what_it_needs() -> None:
    assert sources(when={"seed": 1}).joined_axes() == {"seed", "net", "lr"}


@pytest.mark.parametrize(
    ("need", "axes"),
    [
        ({"where": {"net": "big"}}, {"seed"}),
        ({"where": {"net": "${from}"}}, {"seed", "from"}),
        ({"all": ["seed"]}, {"net"}),
        ({"all": True}, {"net", "seed"}),
    ],
    ids=["one value", "that of an own axis", "gathered over one", "gathered over what is not shared"],
)
def test_a_point_does_not_choose_by_what_is_given_or_gathered(need: dict[str, Any], axes: set[str]) -> None:
    needs = {"n": {"stage": "a", **need}}
    file = study(a={"over": ["net", "seed"]}, b={"over": ["net", "seed"], "needs": needs})

    assert Sources(file=file, stage="b", edges=()).joined_axes() == axes


@pytest.mark.parametrize(("needed", "complete"), [("a", True), ("z", False)])
def test_needs_are_complete_when_each_leads_to_a_stage(needed: str, complete: bool) -> None:
    file = study(a={}, b={"needs": {"n": needed}})

    assert Sources(file=file, stage="b", edges=()).complete is complete


def test_the_best_of_one_seed_alone_is_no_luck() -> None:
    notes = Problems(lambda _: "")
    need = {"stage": "a", "best": {"minimize": "loss"}, "where": {"seed": 0}}
    check_luck(study(a=SEEDS, b={"needs": {"n": need}}), notes)

    assert not notes.found


def seeded(**keys: Any) -> dict[str, Any]:
    """Return a stage with a search that tries each answer with two seeds."""
    return {"task": "t", "search": {**SWEEP["search"], "seeds": 2, **keys}}


def test_the_best_of_a_search_with_seeds_compares_means_over_them() -> None:
    (edge,), wrong = edges_of(study(a=seeded(), b={"needs": {"n": {"stage": "a", "best": "loss"}}}))

    assert (edge.best, edge.searched, wrong) == (Best(minimize="loss", mean=["seed"]), True, [])


def test_the_mean_over_the_seeds_of_a_search_may_be_written() -> None:
    best = {"maximize": "iou", "mean": ["seed"]}

    assert edges_of(study(a=seeded(), b={"needs": {"n": {"stage": "a", "best": best}}}))[1] == []


def test_one_seed_of_a_search_may_be_meant() -> None:
    need = {"stage": "a", "best": "loss", "where": {"seed": 1}}
    (edge,), wrong = edges_of(study(a=seeded(), b={"needs": {"n": need}}))

    assert (edge.best, wrong) == (LOSS, [])


def test_a_search_without_seeds_has_no_mean_over_them() -> None:
    best = {"minimize": "loss", "mean": ["seed"]}
    message = edges_of(study(a=SWEEP, b={"needs": {"n": {"stage": "a", "best": best}}}))[1]

    assert message == ["each point of `a` is a search of its own, so no setting has several trials"]


def test_all_trials_of_a_search_with_seeds_are_gathered_over_them() -> None:
    (edge,), wrong = edges_of(study(a=seeded(), b={"needs": {"n": {"stage": "a", "all": True}}}))

    assert (edge.all, wrong) == (("lr", "seed"), [])


TWO = [{"minimize": "loss"}, {"maximize": "speed"}]


@pytest.mark.parametrize(
    ("metric", "best"), [("loss", Best(minimize="loss")), ("speed", Best(maximize="speed"))]
)
def test_a_bare_metric_takes_the_direction_of_its_objective(metric: str, best: Best) -> None:
    file = study(a=seeded(objective=TWO, seeds=None), b={"needs": {"n": {"stage": "a", "best": metric}}})

    assert edges_of(file)[0][0].best == best


def test_a_metric_that_is_no_objective_has_no_direction() -> None:
    file = study(a=seeded(objective=TWO), b={"needs": {"n": {"stage": "a", "best": "size"}}})

    assert edges_of(file)[1] == [
        "`best: size` has no direction from stage `a`: its search is for `loss`, `speed`"
    ]
