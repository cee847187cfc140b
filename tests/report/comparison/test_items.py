import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.comparison.definition import PICTURE
from orchestrator.report.comparison.items import by_item
from orchestrator.report.selection import Observation
from orchestrator.study.trial import Trial
from tests.observations import observe

SCORES = {0: {"a": 0.5, "b": 0.7}, 1: {"a": 0.6, "b": 0.8, "c": 0.9}}


def scores(trial: Trial, artifact: str, key: str) -> dict[str, dict[str, float]]:
    assert (artifact, key) == ("pictures.csv", "picture")
    return {"iou": SCORES[trial.seed]}


def seeds(*metrics: dict[str, float] | None) -> list[Observation]:
    return [observe(given, seed=seed) for seed, given in enumerate(metrics)]


def test_an_item_has_the_mean_of_all_trials() -> None:
    found = dict(by_item(seeds({}, {}), "iou", 100.0, PICTURE, scores))

    assert found == {"picture=a": pytest.approx(55), "picture=b": pytest.approx(75)}


def test_unfinished_trials_have_none() -> None:
    assert by_item(seeds({}, None), "iou", 1.0, PICTURE, scores) == (("picture=a", 0.5), ("picture=b", 0.7))


def test_nothing_is_there_before_a_result() -> None:
    assert by_item(seeds(None), "iou", 1.0, PICTURE, scores) == ()


def test_a_metric_without_scores_is_told() -> None:
    with pytest.raises(NotFoundError, match="has no column `acc`"):
        by_item(seeds({}), "acc", 1.0, PICTURE, scores)
