"""Views in a real MLflow database: brought up to date, and a user's left alone."""

from typing import Any

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.tracking.edges.saved_views import arrange
from orchestrator.tracking.views import SavedView
from tests.mlflow_fixture import Watched, client

NOTE = "mlflow.note.content"


def view(key: str, **state: Any) -> SavedView:
    return SavedView(key=key, name=key.title(), state=state)


def number(runs: RunFolder) -> str:
    return str(client(runs).get_experiment_by_name("template").experiment_id)


def tags(runs: RunFolder) -> dict[str, str]:
    return dict(client(runs).get_experiment_by_name("template").tags)


def saved(runs: RunFolder, *views: SavedView) -> list[str]:
    """Save views and return the calls that it took."""
    mlflow = Watched(runs)
    arrange(mlflow, number(runs), views)
    return mlflow.calls


def test_views_are_named_in_the_description_with_links(runs: RunFolder) -> None:
    saved(runs, view("trials"))

    place = f"#/experiments/{number(runs)}/runs?workflowType=machine_learning&viewStateShareKey=trials"
    assert f"[Trials]({place})" in tags(runs)[NOTE].splitlines()[0]


def test_views_that_are_saved_already_take_no_call(runs: RunFolder) -> None:
    saved(runs, view("trials"))

    assert saved(runs, view("trials")) == ["get_experiment"]


def test_a_view_that_is_wanted_no_more_goes(runs: RunFolder) -> None:
    saved(runs, view("trials"), view("stage.a"))
    saved(runs, view("trials"))

    assert "mlflow.sharedViewState.stage.a" not in tags(runs)


def test_views_of_a_user_stay(runs: RunFolder) -> None:
    client(runs).set_experiment_tag(number(runs), "mlflow.sharedViewState.mine", "{}")
    saved(runs, view("trials"))

    assert tags(runs)["mlflow.sharedViewState.mine"] == "{}"


@pytest.mark.parametrize("first", [(), (view("trials"),)])
def test_a_description_that_somebody_wrote_stays(runs: RunFolder, first: tuple[SavedView, ...]) -> None:
    saved(runs, *first)
    client(runs).set_experiment_tag(number(runs), NOTE, "mine")
    saved(runs, view("trials"), view("stage.a"))

    assert tags(runs)[NOTE] == "mine"
