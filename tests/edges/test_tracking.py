"""The replay into a real MLflow database, from made-up run folders."""

import fcntl
import shutil
from pathlib import Path
from typing import Any

import pytest

from orchestrator.core.state import Claim
from orchestrator.core.submission import Submission
from orchestrator.core.trial import Trial
from orchestrator.edges.store import RunFolder
from orchestrator.edges.tracking import MARK
from orchestrator.edges.tracking_store import open_study, tracking_uri
from orchestrator.errors import OrchestratorError, TrackingBusyError
from orchestrator.records import LARGEST_COPY
from orchestrator.track import Synced, sync
from tests.tracked_study import BEGAN, claim, finish, leave, log, look, points, stage, submission

STUDY = submission("study", stage("train", points(encoder=["vgg16"], seed=[0, 1])))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return MLflow's database without any study: to make one takes seconds."""
    runs = tmp_path_factory.mktemp("empty")
    with open_study(runs, "template"):
        return runs / "mlflow.db"


@pytest.fixture
def runs(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(migrated, tmp_path / "mlflow.db")
    return RunFolder(tmp_path)


def trial_of(runs: RunFolder, study: Submission = STUDY, number: int = 0) -> Trial:
    return look(runs, study).plan.trials[number]


def replay(runs: RunFolder, study: Submission = STUDY) -> Synced:
    return sync(runs, study, look(runs, study))


def client(runs: RunFolder) -> Any:
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri(runs.path))


def shown(runs: RunFolder, words: str = "tags.trial LIKE '%'", study: str = "study") -> list[Any]:
    """Return the MLflow runs of a study that match."""
    mlflow = client(runs)
    found = mlflow.search_runs([mlflow.get_experiment_by_name(study).experiment_id], words)
    return list(found)


def history(runs: RunFolder, key: str) -> list[tuple[int, float, int]]:
    """Return step, value and milliseconds of a metric of the only trial shown."""
    (run,) = shown(runs)
    found = client(runs).get_metric_history(run.info.run_id, key)
    return sorted((metric.step, metric.value, metric.timestamp) for metric in found)


def artifact(runs: RunFolder, name: str) -> Path:
    (run,) = shown(runs)
    return runs.path / "mlartifacts" / run.info.artifact_uri.removeprefix("mlflow-artifacts:/") / name


def test_a_trial_that_never_started_is_not_shown(runs: RunFolder) -> None:
    assert replay(runs).created == 0


def test_trial_stage_and_study_hang_together(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    (study,), (step,) = shown(runs, "tags.study = 'study'"), shown(runs, "run_name = 'train'")
    (trial,) = shown(runs)

    assert step.data.tags["mlflow.parentRunId"] == study.info.run_id
    assert trial.data.tags["mlflow.parentRunId"] == step.info.run_id


def test_parameters_are_flat_with_axes_and_seed(runs: RunFolder) -> None:
    claim(runs, trial_of(runs, number=1))
    replay(runs)

    assert shown(runs)[0].data.params == {
        "encoder": "vgg16",
        "learning_rate": "0.001",
        "net.depth": "16",
        "seed": "1",
    }


def test_metrics_keep_their_steps_and_times(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1, 2], loss=0.5)
    replay(runs)

    assert history(runs, "loss") == [(1, 0.5, (1_700_000_001) * 1000), (2, 0.5, 1_700_000_002_000)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_logged_once(runs: RunFolder, value: float) -> None:
    log(claim(runs, trial_of(runs)), [1], loss=value)
    replay(runs)
    log(runs.trial(trial_of(runs)).attempt(1), [2], loss=0.5)

    assert replay(runs).metrics == 1


def test_more_metrics_than_one_call_takes(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), range(2100), loss=0.5)

    assert replay(runs).metrics == 2100
    assert len(history(runs, "loss")) == 2100


def test_a_result_is_shown_apart_from_the_training(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1, 2], iou=0.5)
    finish(runs, trial_of(runs), {"iou": 0.75})
    replay(runs)

    assert shown(runs)[0].data.metrics == {"iou": 0.5, "result/iou": 0.75}


def test_what_a_dead_worker_logs_after_the_result_is_left_out(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 0.75})
    log(claim(runs, trial_of(runs), 2), [1], iou=0.1)
    replay(runs)

    assert shown(runs)[0].data.metrics == {"result/iou": 0.75}


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


@pytest.mark.parametrize(
    ("outcome", "status"), [("failed", "FAILED"), ("pruned", "KILLED"), ("interrupted", "RUNNING")]
)
def test_the_status_follows_the_outcome(runs: RunFolder, outcome: str, status: str) -> None:
    leave(claim(runs, trial_of(runs)), outcome)
    replay(runs)

    assert shown(runs)[0].info.status == status


def test_a_running_trial_is_running_without_an_end(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    info = shown(runs)[0].info

    assert (info.status, info.start_time, info.end_time) == ("RUNNING", 1_700_000_000_000, None)


def test_a_finished_trial_has_its_true_times(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 1})
    replay(runs)
    info = shown(runs)[0].info

    assert (info.status, info.start_time, info.end_time) == ("FINISHED", 1_700_000_000_000, 1_700_000_100_000)


def test_a_cancelled_trial_is_killed(runs: RunFolder) -> None:
    trial = trial_of(runs)
    leave(claim(runs, trial), "interrupted")
    mark = runs.study("study") / "cancelled" / trial.id
    mark.parent.mkdir(parents=True)
    mark.touch()
    replay(runs)

    assert shown(runs)[0].info.status == "KILLED"


def test_a_failed_trial_that_goes_on_has_no_end(runs: RunFolder) -> None:
    leave(claim(runs, trial_of(runs)), "failed")
    replay(runs)
    claim(runs, trial_of(runs), 2, at=BEGAN + 200)
    replay(runs)
    (run,) = shown(runs)

    assert (run.info.status, run.info.end_time) == ("RUNNING", None)
    assert "failure" not in run.data.tags


def test_tags_say_where_a_trial_was_trained(runs: RunFolder) -> None:
    trial = trial_of(runs)
    leave(claim(runs, trial), "interrupted")
    claim(runs, trial, 2)
    finish(runs, trial, {"iou": 1}, number=2)
    (runs.study("study") / "code").mkdir(parents=True)
    (runs.study("study") / "code/c0de.json").write_text('{\n "commit": "abc",\n "changed": true\n}')
    replay(runs)
    tags = shown(runs)[0].data.tags
    named = ("trial", "stage", "task", "version", "state", "jobs", "host", "gpu", "code", "git_commit")

    assert [tags[name] for name in named] == [
        *(trial.id, "train", "paper.train", "1", "DONE", "local:node1:41:1, local:node2:42:1"),
        *("node2", "Tesla V100", "c0de", "abc with changes"),
    ]


def test_small_artifacts_and_the_last_log_are_copied(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    claim(runs, trial_of(runs), 2)
    runs.trial(trial_of(runs)).artifacts.mkdir()
    (runs.trial(trial_of(runs)).artifacts / "mask.png").write_bytes(b"png")
    replay(runs)

    assert artifact(runs, "artifacts/mask.png").read_bytes() == b"png"
    assert artifact(runs, "log.txt").read_text() == "attempt 2\n"


def test_a_big_artifact_is_only_listed(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    place = runs.trial(trial_of(runs)).artifacts / "features.safetensors"
    place.parent.mkdir()
    with place.open("wb") as file:
        file.truncate(LARGEST_COPY + 1)
    replay(runs)

    assert not artifact(runs, "artifacts/features.safetensors").exists()
    assert f"artifacts/features.safetensors  only at {place}" in artifact(runs, "artifacts.txt").read_text()


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
    mlflow.log_metric(half.info.run_id, "loss", 0.5, step=0, timestamp=1_700_000_000_000)
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


def test_what_a_user_added_to_the_study_stays(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    number = shown(runs)[0].info.experiment_id
    client(runs).create_run(number, tags={"stage": "train"}, run_name="mine")
    replay(runs)

    assert len(shown(runs, "run_name = 'mine'")) == 1


def test_long_and_odd_values_are_fitted(runs: RunFolder) -> None:
    (point,) = points(encoder=["x" * 7000], seed=[0])
    log(
        claim(runs, trial_of(runs, study := submission("study", stage("train", (point,))))),
        [1],
        **{"acc@1": 1},
    )
    replay(runs, study)
    (run,) = shown(runs)

    assert (len(run.data.params["encoder"]), len(run.info.run_name)) == (6000, 250)
    assert run.data.metrics == {"acc_1": 1}
    assert replay(runs, study).updated == 0


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
    assert "mlflow db upgrade" in str(caught.value.hint)


def test_the_run_folder_may_be_moved(runs: RunFolder, tmp_path: Path) -> None:
    claim(runs, trial_of(runs))
    replay(runs)
    moved = RunFolder(shutil.copytree(tmp_path, tmp_path.with_name("moved")))

    assert replay(moved).created == 0
    assert artifact(moved, "log.txt").exists()


def test_a_claim_without_a_name_yet_is_no_start(runs: RunFolder) -> None:
    runs.trial(trial_of(runs)).attempt(1).mkdir(parents=True)

    assert replay(runs).created == 0


def test_a_claim_on_slurm_is_shown_as_its_job(runs: RunFolder) -> None:
    place = runs.trial(trial_of(runs))
    place.claim(1, Claim(worker="w", job="slurm:77_3", host="n", time=BEGAN, code="c"))
    leave(place.attempt(1), "failed")
    replay(runs)

    assert shown(runs)[0].data.tags["jobs"] == "slurm:77_3"
