from orchestrator.evidence.judge import judge
from orchestrator.evidence.search_budget import budgets
from orchestrator.study.plan import Known, expand
from tests.evidence.searched import (
    FAILED,
    answers,
    done,
    opening_of,
    pruned,
    running,
    search_of,
    seen_of,
    study_of,
)


def test_a_budget_counts_answers_by_what_came_of_them() -> None:
    seen = seen_of(search_of(), 1.0, FAILED, pruned(), running(), 2.0)
    (found,) = budgets(seen)

    assert (found.answers, found.finished, found.failed, found.pruned, found.running) == (5, 2, 1, 1, 1)


def test_each_seed_is_a_trial_with_its_time() -> None:
    (found,) = budgets(seen_of(search_of(seeds=3), 1.0, 2.0, 3.0))

    assert (found.answers, found.trials, found.seconds) == (1, 3, 15.0)


def test_an_answer_that_repeats_another_costs_nothing() -> None:
    study = study_of(search_of())
    key = expand(study, Known()).openings[0].key
    plan = expand(study, Known(asked={key: answers(1.0, 1.0)}))
    (found,) = budgets(judge(plan, {plan.trials[0].id: done(loss=1.0)}))

    assert (found.answers, found.repeated, found.trials, found.seconds) == (2, 1, 1, 5.0)


def test_each_point_of_the_axes_has_as_many_answers() -> None:
    study = study_of(search_of(trials=2), "a", "b")
    keys = [opening.key for opening in expand(study, Known()).openings]
    found = budgets(judge(expand(study, Known(asked={keys[0]: answers(1.0, 2.0)})), {}))

    assert [(one.axes["encoder"], one.wanted, one.answers) for one in found] == [("a", 2, 2), ("b", 2, 0)]


def test_what_one_point_has_used_another_still_has() -> None:
    study = study_of(search_of(trials=2), "a", "b")
    keys = [opening.key for opening in expand(study, Known()).openings]
    plan = expand(study, Known(asked={keys[0]: answers(1.0, 2.0, 3.0)}))

    assert [opening.remaining for opening in plan.openings] == [0, 2]
    assert opening_of(judge(plan, {})).key == keys[0]
