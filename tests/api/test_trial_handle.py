from pathlib import Path

import pytest

from orchestrator.api.study_handle import StudyHandle
from orchestrator.api.trial_handle import TrialHandle
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError
from orchestrator.study.trial import Trial

TRIAL = Trial(
    id="3f2a77c0",
    stage="train",
    task="t",
    version=1,
    params={"note": "<b>"},
    seed=1,
    needs={},
    axes={"lr": 0.1},
)


def waiting(folder: Path) -> TrialHandle:
    return TrialHandle(TRIAL, Evidence(), State.READY, TrialFolder(folder / "t-3f2a77c0"))


@pytest.fixture
def first(study: StudyHandle) -> TrialHandle:
    """Return the first trial of the finished study."""
    return study.trials()[0]


@pytest.mark.slow
def test_a_finished_trial_has_metrics(first: TrialHandle) -> None:
    assert (first.state, first.attempts) == ("DONE", 1)
    assert first.metrics["loss"] == pytest.approx(0.8**10)


@pytest.mark.slow
def test_a_trial_knows_its_point_and_its_parameters(first: TrialHandle) -> None:
    assert (first.stage, first.axes, first.params, first.seed) == (
        *("train", {"lr": 0.1, "seed": 0}),
        *({"lr": 0.1, "steps": 5}, 0),
    )


@pytest.mark.slow
def test_a_curve_has_a_line_per_step(first: TrialHandle) -> None:
    curve = first.curve()

    assert (curve.index.tolist(), curve.index.name) == ([0, 1, 2, 3, 4], "step")
    assert curve["loss"].iloc[0] == pytest.approx(0.8**2)


@pytest.mark.slow
def test_an_artifact_is_the_path_to_it(first: TrialHandle) -> None:
    assert first.artifact("x.txt").parent == first.folder / "artifacts"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["y.txt", "../result.json", ".."])
def test_what_is_no_artifact_is_told_with_those_that_are(first: TrialHandle, name: str) -> None:
    with pytest.raises(NotFoundError, match="has no artifact") as raised:
        first.artifact(name)

    assert "x.txt" in str(raised.value.hint)


@pytest.mark.slow
def test_a_log_is_what_was_printed(first: TrialHandle) -> None:
    assert first.log == (first.folder / "attempts/001/log.txt").read_text()


def test_a_trial_that_was_not_begun_has_nothing(tmp_path: Path) -> None:
    trial = waiting(tmp_path)

    assert (trial.state, trial.metrics, trial.log, trial.failure, len(trial.curve())) == (
        "READY",
        {},
        "",
        "",
        0,
    )


def test_a_terminal_shows_one_line(tmp_path: Path) -> None:
    assert repr(waiting(tmp_path)) == "<trial 3f2a77c0 of train: lr=0.1: READY>"


def test_a_notebook_shows_parameters_as_text(tmp_path: Path) -> None:
    assert "{&quot;note&quot;: &quot;&lt;b&gt;&quot;}" in waiting(tmp_path)._repr_html_()
