"""The replay again and again: what it trusts, and what it says of a server that is away."""

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import TrackingBusyError
from orchestrator.tracking.edges.mlflow_store import only_writer
from orchestrator.tracking.replay import Patience, Replay
from tests.mlflow_fixture import STUDY, artifact, client, shown, trial_of
from tests.tracked_study import claim, finish, points, stage, submission

NOWHERE = "http://127.0.0.1:9"
"""The port of `discard`, which nobody serves any more."""


def unseen(*_: object) -> None:
    """Count nothing."""


@pytest.fixture
def ended(runs: RunFolder) -> RunFolder:
    """Give a study of which both trials are done, and that MLflow was found to show."""
    write_beside(runs.study("study") / "study.json", STUDY.model_dump_json())
    for number in (0, 1):
        claim(runs, trial_of(runs, number=number))
        finish(runs, trial_of(runs, number=number), {"iou": 0.75})
    replay = Replay(runs, "study")
    while replay.sync(unseen):
        pass
    return runs


def test_a_replay_that_goes_on_says_whether_something_was_new(runs: RunFolder) -> None:
    write_beside(runs.study("study") / "study.json", STUDY.model_dump_json())
    claim(runs, trial_of(runs))
    replay = Replay(runs, "study")

    assert [replay.sync(unseen) for _ in range(2)] == [True, False]


def test_a_replay_that_goes_on_follows_what_is_submitted_anew(runs: RunFolder) -> None:
    write_beside(runs.study("study") / "study.json", STUDY.model_dump_json())
    claim(runs, trial_of(runs))
    replay = Replay(runs, "study")
    replay.sync(unseen)
    other = submission("study", stage("train", points(encoder=["resnet50"], seed=[0])))
    write_beside(runs.study("study") / "study.json", other.model_dump_json())
    replay.sync(unseen)

    assert [run.data.tags.get("left_study") for run in shown(runs)] == ["true"]


def test_what_mlflow_was_found_to_show_is_not_asked_again_by_who_trusts_it(ended: RunFolder) -> None:
    with only_writer(ended.path):
        assert not Replay(ended, "study", trusting=True).sync(unseen)


def test_who_does_not_trust_it_asks_mlflow(ended: RunFolder) -> None:
    client(ended).delete_run(shown(ended)[0].info.run_id)

    assert Replay(ended, "study").sync(unseen)


def test_a_trial_that_goes_on_is_looked_at_though_all_was_shown(ended: RunFolder) -> None:
    more = submission("study", stage("train", points(encoder=["vgg16"], seed=[0, 1, 2])))
    write_beside(ended.study("study") / "study.json", more.model_dump_json())
    claim(ended, trial_of(ended, more, 2))

    assert Replay(ended, "study", trusting=True).sync(unseen)


def test_another_database_is_not_trusted_to_show_the_same(ended: RunFolder) -> None:
    (ended.path / "mlflow.db").rename(ended.path / "moved.db")

    with only_writer(ended.path), pytest.raises(TrackingBusyError):
        Replay(ended, "study", trusting=True).sync(unseen)


def test_the_report_of_a_study_is_attached_to_its_run(ended: RunFolder) -> None:
    write_beside(ended.study("study") / "report/tables/t.csv", "a,b")
    Replay(ended, "study", trusting=True).sync(unseen)
    (run,) = shown(ended, "tags.study = 'study'")

    place = ended.path / "mlartifacts" / run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    assert (place / "report/tables/t.csv").read_text() == "a,b"


def test_the_trials_of_a_study_get_no_report(runs: RunFolder) -> None:
    write_beside(runs.study("study") / "study.json", STUDY.model_dump_json())
    write_beside(runs.study("study") / "report/report.md", "all is well")
    claim(runs, trial_of(runs))
    Replay(runs, "study").sync(unseen)

    assert not artifact(runs, "report").exists()


def test_a_server_that_is_away_is_told_once(ended: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    said: list[str] = []
    patience, replay = Patience(said.append), Replay(ended, "study")
    for _ in range(3):
        patience.look([replay], unseen)

    assert said == [f"note: MLflow at `{NOWHERE}` does not answer; it is tried again"]


def test_it_is_asked_more_and_more_rarely(ended: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    patience, replay = Patience(unseen), Replay(ended, "study")

    assert [patience.look([replay], unseen) for _ in range(3)] == [2, 4, 8]


def test_the_next_outage_is_told_again(ended: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    patience, replay = Patience(said.append), Replay(ended, "study")
    for away in (True, False, True):
        with monkeypatch.context() as now:
            if away:
                now.setenv("MLFLOW_TRACKING_URI", NOWHERE)
            patience.look([replay], unseen)

    assert len(said) == 2
