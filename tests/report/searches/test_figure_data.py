import math

from orchestrator.report.searches.figure_data import (
    contour,
    history,
    parallel_lines,
    pareto_front,
    slices,
    training_curves,
)
from tests.report.searches.plain_search import LOSS, SIZE, outcome, searched

SEARCH = searched(
    outcome(1, 0.3), outcome(2, 0.4), outcome(3, state="pruned"), outcome(4, 0.1), outcome(5, state="failed")
)


def test_the_best_so_far_is_noted_where_it_changes_and_at_the_end() -> None:
    assert history(SEARCH).best == ((1, 0.3), (4, 0.1), (5, 0.1))


def test_history_marks_what_was_pruned_or_failed() -> None:
    found = history(SEARCH)

    assert (found.finished, found.pruned, found.failed) == (((1, 0.3), (2, 0.4), (4, 0.1)), (3,), (5,))


def test_history_of_nothing_finished_has_no_best() -> None:
    assert history(searched(outcome(1))).best == ()


def test_the_best_line_is_last_and_so_on_top() -> None:
    assert parallel_lines(SEARCH, ["lr"]).values == (0.4, 0.3, 0.1)


def test_a_line_has_a_gap_where_an_answer_has_no_such_parameter() -> None:
    found = searched(outcome(1, 0.3, params={"lr": 0.1}))

    assert parallel_lines(found, ["optimizer", "lr"]).lines == ((None, -1.0),)


def test_a_slice_has_a_point_for_each_finished_answer_with_the_parameter() -> None:
    found = searched(outcome(1, 0.3, params={"lr": 0.1}), outcome(2, 0.4, params={}), outcome(3))

    assert slices(found, ["lr"])[0].points == ((-1.0, 0.3, 1),)


def test_a_contour_has_two_places_and_a_value() -> None:
    found = searched(outcome(1, 0.3, params={"lr": 0.1, "optimizer": "adam"}))

    assert contour(found, "lr", "optimizer").points == ((-1.0, 1.0, 0.3),)


def test_the_front_is_in_the_order_of_the_first_objective() -> None:
    found = pareto_front(
        searched(outcome(1, 3.0, 1.0), outcome(2, 1.0, 3.0), outcome(3, 4.0, 4.0), objectives=(LOSS, SIZE))
    )

    assert (found.names, found.front) == (("loss", "size"), ((1.0, 3.0), (3.0, 1.0)))
    assert len(found.points) == 3


def test_long_curves_are_thinned_and_keep_their_end() -> None:
    long = outcome(1, 0.3, curve=tuple((step, 0.1) for step in range(10_000)))
    ((_, track),) = training_curves(searched(long), None).curves

    assert (len(track), track[-1][0]) == (201, 9999)


def test_of_very_many_curves_some_of_each_state_are_shown() -> None:
    two = ((0, 0.1), (1, 0.2))
    many = [outcome(number, 0.3, curve=two) for number in range(1, 1000)]
    found = training_curves(searched(*many, outcome(1000, state="pruned", curve=two)), many[0])

    assert {state for state, _ in found.curves} == {"complete", "pruned"}
    assert len(found.curves) + found.left_out == 1000
    assert len(found.curves) <= 400


def test_values_that_are_too_far_away_are_drawn_at_the_end() -> None:
    found = searched(outcome(1, 1e308, params={"x": -1e300}, curve=((0, math.inf), (1, 1e308))), space={})

    assert slices(found, ["x"])[0].points == ((-1e30, 1e30, 1),)
    assert str(training_curves(found, None).curves[0][1]) == "((0, nan), (1, 1e+30))"
