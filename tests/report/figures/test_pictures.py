import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.definitions import PicturesDefinition
from orchestrator.report.figures.pictures import Pictures, pictures
from orchestrator.report.selection import Observation
from tests.observations import observe
from tests.report.figures.plain_figures import SEEN, WAITING, figure, trials


def shown(*seen: Observation, **changes: object) -> Pictures:
    definition = figure("pictures", **changes)
    assert isinstance(definition, PicturesDefinition)
    return pictures(definition, trials(*seen))


def test_axes_are_rows_and_columns() -> None:
    names = [[panel.name for panel in row] for row in shown().panels]

    assert names == [["0.01, small", "0.01, large"], ["0.1, small", "0.1, large"]]


def test_a_picture_is_that_of_the_first_finished_seed() -> None:
    seen = [observe(None, "train", net="small", lr=0.01, seed=0)]
    seen += [observe({}, "train", net="small", lr=0.01, seed=seed) for seed in (2, 1)]

    assert [panel.trial and panel.trial.seed for panel in shown(*seen).all] == [1]


def test_a_place_without_a_finished_trial_is_told() -> None:
    found = shown(WAITING, *SEEN[3:])

    assert found.panels[0][0].why == "waiting"
    assert "No picture of 0.01, small (waiting)." in found.notes


def test_the_series_of_older_report_files_are_columns() -> None:
    found = shown(series=["net"], columns=None, rows=None, where={"lr": 0.1})

    assert [panel.name for panel in found.all] == ["small", "large"]


def test_no_finished_trial_is_told() -> None:
    with pytest.raises(NotFoundError, match=r"no finished trial has left `masks.png` yet"):
        shown(WAITING)
