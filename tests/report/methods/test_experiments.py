import pytest

from orchestrator.report.methods.experiments import experiments, randomness, values_of, varied
from orchestrator.study.study import Edge
from tests.report.methods.described import STUDY, attempt, seen
from tests.study.test_plan import LOSS


def test_each_stage_has_a_row_with_what_was_varied_and_what_it_rests_on() -> None:
    table = experiments(STUDY, seen()).table

    assert table is not None
    assert table.rows == (
        ("`data`", "2 of 2", "set (2)", "nothing"),
        ("`train`", "8 of 8", "set (2), lr (2), 2 seeds", "`data`"),
    )


def test_trials_without_a_result_are_told() -> None:
    (told,) = experiments(STUDY, seen(attempt("failed"))).paragraphs

    assert told == "The study `small` consists of 10 trials in 2 stages; 9 of them have a result (1 failed)."


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        (Edge(name="n", stage="data", best=LOSS), "the best of `data`"),
        (Edge(name="n", stage="data", all=("set",)), "all of `data` over set"),
    ],
)
def test_what_a_stage_rests_on_is_told_with_how_it_is_chosen(edge: Edge, expected: str) -> None:
    (data, train) = STUDY.stages
    study = STUDY.model_copy(update={"stages": (data, train.model_copy(update={"needs": (edge,)}))})
    table = experiments(study, seen()).table

    assert table is not None
    assert table.rows[1][3] == expected


def test_stages_with_other_seeds_are_told_apart() -> None:
    assert randomness(STUDY, seen()).items == (("seed 0", "`data`"), ("seeds 0, 1", "`train`"))


def test_the_same_seeds_everywhere_are_told_once() -> None:
    alone = STUDY.model_copy(update={"stages": STUDY.stages[:1]})

    assert randomness(alone, seen(study=alone)).paragraphs == ("All stages were run with seed 0.",)


def test_what_is_the_same_in_all_trials_is_not_varied() -> None:
    assert varied(seen().plan.of("data")[:1]) == "nothing"


def test_values_stand_in_the_order_of_the_plan() -> None:
    assert values_of(seen().plan.of("train"), "lr") == ["0.1", "0.2"]
