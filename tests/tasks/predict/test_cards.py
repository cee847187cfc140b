import math

import numpy as np
import pytest

from tasks.parts.prediction import Prediction
from tasks.predict.cards import LONGEST_SIDE, Answered, Bar, as_data, bars, cards
from tasks.predict.finished import Finished, find_finished
from tests.tasks.predict.conftest import Runs


@pytest.fixture
def trial(runs: Runs) -> Finished:
    return find_finished(str(runs.add(val_acc=0.5).path), runs.path)


def test_questions_of_yes_or_no_share_one_list() -> None:
    scores = {name: {"no": 1 - yes, "yes": yes} for name, yes in (("hat", 0.25), ("old", 0.5))}
    assert bars(scores) == {"": [Bar("hat", 0.25), Bar("old", 0.5)]}


def test_likeliest_answers_come_first_and_what_is_no_number_last() -> None:
    found = bars({"who": {"a": 0.25, "b": math.nan, "c": 0.5}})
    assert found == {"who": [Bar("c", 0.5), Bar("a", 0.25), Bar("b", None)]}


def test_card_says_scores_metrics_and_time(trial: Finished) -> None:
    text = cards([trial], [Answered(found=Prediction(scores={"who": {"anna": 0.75}}), seconds=0.012)])
    assert all(word in text for word in ("anna", "75.0%", "val_acc", "0.5", "12 ms"))


def test_card_of_a_problem_says_it(trial: Finished) -> None:
    assert "too small" in cards([trial], [Answered(problem="too small")])


def test_nothing_that_people_wrote_becomes_markup(trial: Finished) -> None:
    found = Prediction(scores={"<b>": {"<script>": 1.0, "${1+1}": 0.0}})
    text = cards([trial], [Answered(found=found)])
    assert "<script" not in text
    assert "<b>" not in text


def test_large_pictures_are_shown_smaller() -> None:
    assert (
        len(as_data(np.zeros((4000, 4000), np.uint8)))
        < len(as_data(np.zeros((LONGEST_SIDE, LONGEST_SIDE), np.uint8))) + 50
    )
