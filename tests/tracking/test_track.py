"""The replay repeated, killed, shared, locked out and moved."""

import fcntl
import shutil
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import OrchestratorError, TrackingBusyError, TrackingRefusedError
from orchestrator.tracking.edges.mlflow_store import open_study, tracking_uri
from orchestrator.tracking.edges.shown import MARK
from orchestrator.tracking.track import Synced, sync
from tests.mlflow_fixture import STUDY, artifact, client, history, replay, shown, trial_of
from tests.tracked_study import BEGAN, claim, finish, leave, log, look, points, stage, submission


def test_a_second_sync_writes_nothing(runs: RunFolder) -> None:
    attempt = claim(runs, trial_of(runs))
    log(attempt, [1], loss=0.5)
    first = replay(runs)

    assert (first.created, first.metrics) == (3, 1)
    assert replay(runs) == Synced(created=0, updated=0, metrics=0, files=0, experiment=first.experiment)


def test_a_sync_adds_only_what_is_new(runs: RunFolder) -> None:
    attempt = claim(runs, trial_of(runs))
    log(attempt, [1, 2], loss=0.5)
    replay(runs)
    log(attempt, [3], loss=0.25)
    second = replay(runs)

    assert (second.created, second.updated, second.metrics) == (0, 1, 1)


def test_all_attempts_are_one_mlflow_run(runs: RunFolder) -> None:
    leave(claim(runs, trial_of(runs)), "interrupted")
    replay(runs)
    claim(runs, trial_of(runs), 2, at=BEGAN + 200)
    replay(runs)

    assert [run.data.tags["attempts"] for run in shown(runs)] == ["2"]


def test_a_step_that_is_trained_again_alike_keeps_the_mlflow_run(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1, 2], loss=0.5)
    replay(runs)
    before = shown(runs)[0].info.run_id
    log(claim(runs, trial_of(runs), 2), [2, 3], loss=0.5, at=BEGAN + 200)
    replay(runs)

    assert shown(runs)[0].info.run_id == before
    assert [step for step, *_ in history(runs, "loss")] == [1, 2, 3]


def test_a_later_attempt_replaces_what_the_earlier_one_logged(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1, 2], loss=0.5)
    replay(runs)
    log(claim(runs, trial_of(runs), 2), [2], loss=0.25)
    replay(runs)

    assert [(step, value) for step, value, _ in history(runs, "loss")] == [(1, 0.5), (2, 0.25)]


def test_what_a_user_wrote_survives_a_replacement(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1], loss=0.5)
    replay(runs)
    client(runs).set_tag(shown(runs)[0].info.run_id, "mlflow.note.content", "look here")
    log(claim(runs, trial_of(runs), 2), [1], loss=0.25)
    replay(runs)

    assert shown(runs)[0].data.tags["mlflow.note.content"] == "look here"


def test_a_replaced_artifact_is_copied_again(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    place = runs.trial(trial_of(runs)).artifacts / "best.txt"
    place.parent.mkdir()
    place.write_text("first")
    replay(runs)
    place.write_text("later")
    replay(runs)

    assert artifact(runs, "artifacts/best.txt").read_text() == "later"


def test_two_studies_show_the_trial_they_share(runs: RunFolder) -> None:
    other = submission("other", *STUDY.study.stages)
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 0.75})
    replay(runs)
    replay(runs, other)

    assert [len(shown(runs, study=name)) for name in ("study", "other")] == [1, 1]


def test_a_trial_that_left_the_study_says_so_until_it_is_back(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    replay(runs, submission("study", stage("train", points(encoder=["resnet50"], seed=[0]))))
    left = [run.data.tags.get("left_study") for run in shown(runs)]
    replay(runs)

    assert (left, [run.data.tags.get("left_study") for run in shown(runs)]) == (["true"], [None])


def test_a_sync_killed_between_its_calls_is_made_good(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), range(5), loss=0.5)
    finish(runs, trial_of(runs), {"iou": 0.75})
    replay(runs)
    mlflow, (run,) = client(runs), shown(runs)
    torn = {key: value for key, value in run.data.tags.items() if key in {"trial", "stage"}} | {MARK: "{}"}
    half = mlflow.create_run(run.info.experiment_id, start_time=run.info.start_time, tags=torn)
    mlflow.log_metric(half.info.run_id, "curves/loss", 0.5, step=0, timestamp=1_700_000_000_000)
    mlflow.delete_run(run.info.run_id)
    second = replay(runs)

    assert (second.created, second.metrics) == (0, 5)
    assert [one.info.status for one in shown(runs)] == ["FINISHED"]


def test_a_trial_that_a_killed_sync_left_twice_is_shown_once(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    (run,) = shown(runs)
    client(runs).create_run(run.info.experiment_id, tags={"trial": run.data.tags["trial"], MARK: "{}"})
    replay(runs)

    assert [one.info.start_time for one in shown(runs)] == [1_700_000_000_000]


def test_what_an_overtaken_attempt_logged_goes_when_the_result_is_there(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1], iou=0.5)
    log(claim(runs, trial_of(runs), 2), [2], iou=0.25)
    replay(runs)
    finish(runs, trial_of(runs), {"iou": 0.5}, number=1)
    replay(runs)

    assert [step for step, *_ in history(runs, "iou")] == [1]


def test_a_finished_trial_that_somebody_deleted_is_shown_again(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 0.75})
    replay(runs)
    client(runs).delete_run(shown(runs)[0].info.run_id)

    assert replay(runs).created == 1


def test_a_tag_of_ours_that_somebody_edited_is_set_right(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 0.75})
    replay(runs)
    client(runs).set_tag(shown(runs)[0].info.run_id, "state", "mine")
    replay(runs)

    assert shown(runs)[0].data.tags["state"] == "DONE"


def test_what_a_user_added_to_the_study_stays(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    number = shown(runs)[0].info.experiment_id
    client(runs).create_run(number, tags={"stage": "train"}, run_name="mine")
    replay(runs)

    assert len(shown(runs, "run_name = 'mine'")) == 1


def test_trials_are_counted_while_they_are_written(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    claim(runs, trial_of(runs, number=1))
    counts: list[tuple[int, int]] = []
    for _ in range(2):
        sync(runs, STUDY, look(runs, STUDY), counted=lambda _, *count: counts.append(count))
        finish(runs, trial_of(runs), {"iou": 0.75})

    assert counts == [(0, 2), (1, 2), (2, 2), (0, 2), (1, 2), (2, 2)]


def test_a_replay_that_was_interrupted_goes_on_where_it_was(runs: RunFolder) -> None:
    def interrupt(_: str, done: int, __: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    for number in (0, 1):
        claim(runs, trial_of(runs, number=number))
        finish(runs, trial_of(runs, number=number), {"iou": 0.75})
    with pytest.raises(KeyboardInterrupt):
        sync(runs, STUDY, look(runs, STUDY), counted=interrupt)
    counts: list[tuple[int, int]] = []
    second = sync(runs, STUDY, look(runs, STUDY), counted=lambda _, *count: counts.append(count))

    assert (second.created, counts) == (1, [(1, 2), (2, 2)])


def test_study_and_stages_are_there_before_their_trials(runs: RunFolder) -> None:
    def look_at_it(*_: object) -> None:
        names.append([run.info.run_name for run in shown(runs, "")])

    names: list[list[str]] = []
    claim(runs, trial_of(runs))
    sync(runs, STUDY, look(runs, STUDY), counted=look_at_it)

    assert sorted(names[0]) == ["study", "train"]


def test_a_run_that_somebody_deletes_while_it_is_written_is_told_and_written_again(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1], loss=0.5)
    replay(runs)
    (run,) = shown(runs)
    log(runs.trial(trial_of(runs)).attempt(1), [2], loss=0.5)
    with pytest.raises(TrackingRefusedError, match="must be in the 'active' state"):
        sync(
            runs,
            STUDY,
            look(runs, STUDY),
            counted=lambda *_: client(runs).delete_run(run.info.run_id),
        )

    assert replay(runs).created == 1


def test_only_one_program_writes_and_it_is_named(runs: RunFolder) -> None:
    with open_study(runs.path, "study"), pytest.raises(TrackingBusyError, match=r"written by pid \d+ on "):
        replay(runs)


def test_a_lock_left_by_a_killed_program_holds_nobody_up(runs: RunFolder) -> None:
    (runs.path / "mlflow.lock").write_text("pid 1 on elsewhere")
    with (runs.path / "mlflow.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)

    assert replay(runs).created == 0


def test_another_run_folder_cannot_take_a_name_on_a_shared_server(runs: RunFolder, tmp_path: Path) -> None:
    server, other = tracking_uri(runs.path), RunFolder(tmp_path / "other")
    sync(runs, STUDY, look(runs, STUDY), server + "?timeout=5")

    with pytest.raises(OrchestratorError, match="not made from"):
        sync(other, STUDY, look(other, STUDY), server)


def test_an_unusable_database_names_the_way_out(runs: RunFolder) -> None:
    (runs.path / "mlflow.db").write_text("no database")

    with pytest.raises(OrchestratorError) as caught:
        replay(runs)
    assert "move the file away" in str(caught.value.hint)


def test_a_database_that_is_replaced_under_a_program_is_told(runs: RunFolder, migrated: Path) -> None:
    replay(runs)
    (runs.path / "mlflow.db").unlink()
    shutil.copy(migrated, runs.path / "mlflow.db")

    with pytest.raises(OrchestratorError, match="was removed or replaced"):
        replay(runs)


def test_the_run_folder_may_be_moved(runs: RunFolder, tmp_path: Path) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    moved = RunFolder(shutil.copytree(tmp_path, tmp_path.with_name("moved")))

    assert replay(moved).created == 0
    assert artifact(moved, "log.txt").exists()
