from dataclasses import replace

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.counts import Counts, summed
from tests.report.figures.plain_figures import ANSWERS


def test_shares_are_those_of_each_row() -> None:
    assert ANSWERS.shares() == [[0.8, 0.2], [0.1, 0.9]]


def test_a_class_that_does_not_occur_has_no_shares() -> None:
    assert Counts(labels=("a", "b"), rows=((0, 0), (1, 1))).shares()[0] == [None, None]


def test_counts_of_several_are_summed() -> None:
    assert summed([ANSWERS, ANSWERS]).rows == ((16, 4), (2, 18))


def test_the_most_frequent_mistake_is_first() -> None:
    assert ANSWERS.wrong()[0] == (0.2, "cat", "dog")


def test_other_classes_are_not_summed() -> None:
    with pytest.raises(NotFoundError, match="trials count other classes than each other"):
        summed([ANSWERS, replace(ANSWERS, labels=("cat", "cow"))])
