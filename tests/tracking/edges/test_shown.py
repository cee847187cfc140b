"""The replay into a real MLflow database, from made-up run folders."""

import json

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Claim
from orchestrator.evidence.skipped import skipping
from orchestrator.tracking.edges.shown import MARK
from orchestrator.tracking.mlflow_records import LARGEST_COPY, parent_records, trial_records
from tests.mlflow_fixture import STUDY, artifact, client, history, replay, shown, trial_of
from tests.tracked_study import BEGAN, claim, finish, leave, log, look, points, stage, submission


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

    assert shown(runs)[0].data.metrics == {"curves/iou": 0.5, "result/iou": 0.75}


def test_what_a_dead_worker_logs_after_the_result_is_left_out(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 0.75})
    log(claim(runs, trial_of(runs), 2), [1], iou=0.1)
    replay(runs)

    assert shown(runs)[0].data.metrics == {"result/iou": 0.75}


@pytest.mark.parametrize(("outcome", "status"), [("failed", "FAILED"), ("interrupted", "RUNNING")])
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


def test_a_skipped_trial_is_killed_and_its_study_is_not_waited_for(runs: RunFolder) -> None:
    missing = {("train", number): ("no dataset",) for number in (0, 1)}
    submitted = STUDY.model_copy(update={"study": skipping(STUDY.study, missing)})
    trial = trial_of(runs)
    leave(claim(runs, trial), "interrupted")
    seen = look(runs, submitted)
    records = trial_records(runs, submitted, seen)

    assert [record.status for record in records] == ["KILLED"]
    assert [record.status for record in parent_records(submitted, seen, records)] == ["KILLED", "KILLED"]


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


def test_long_and_odd_values_are_fitted(runs: RunFolder) -> None:
    given = points(encoder=["x" * 7000, "y"], seed=[0])
    log(
        claim(runs, trial_of(runs, study := submission("study", stage("train", given)))),
        [1],
        **{"acc@1": 1},
    )
    replay(runs, study)
    (run,) = shown(runs)

    assert (len(run.data.params["encoder"]), len(run.info.run_name)) == (6000, 250)
    assert run.data.metrics == {"curves/acc_1": 1}
    assert replay(runs, study).updated == 0


def test_a_claim_without_a_name_yet_is_no_start(runs: RunFolder) -> None:
    runs.trial(trial_of(runs)).attempt(1).mkdir(parents=True)

    assert replay(runs).created == 0


def test_a_claim_on_slurm_is_shown_as_its_job(runs: RunFolder) -> None:
    place = runs.trial(trial_of(runs))
    place.claim(1, Claim(worker="w", job="slurm:77_3", host="n", time=BEGAN, code="c"))
    leave(place.attempt(1), "failed")
    replay(runs)

    assert shown(runs)[0].data.tags["jobs"] == "slurm:77_3"


def test_a_count_that_is_alike_in_all_results_is_a_tag(runs: RunFolder) -> None:
    claim(runs, trial_of(runs))
    finish(runs, trial_of(runs), {"iou": 0.75, "images": 5})
    replay(runs)
    (run,) = shown(runs)

    assert (run.data.metrics, run.data.tags["result/images"]) == ({"result/iou": 0.75}, "5")


def test_a_count_that_turns_out_to_vary_is_a_metric(runs: RunFolder) -> None:
    for number in (0, 1):
        claim(runs, trial_of(runs, number=number))
        finish(runs, trial_of(runs, number=number), {"iou": 0.75, "images": number})
        replay(runs)

    assert sorted(run.data.metrics["result/images"] for run in shown(runs)) == [0, 1]
    assert not any("result/images" in run.data.tags for run in shown(runs))


def test_how_far_a_trial_is_is_no_curve(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1], loss=0.5, progress=0.25)
    replay(runs)

    assert shown(runs)[0].data.metrics == {"curves/loss": 0.5}


def test_what_an_earlier_version_wrote_is_written_anew_once(runs: RunFolder) -> None:
    log(claim(runs, trial_of(runs)), [1], loss=0.5)
    finish(runs, trial_of(runs), {"iou": 0.75})
    replay(runs)
    (run,) = shown(runs)
    mark = json.loads(run.data.tags[MARK])
    client(runs).set_tag(run.info.run_id, MARK, json.dumps({**mark, "form": None, "metrics": "then"}))
    client(runs).log_metric(run.info.run_id, "progress", 1.0)
    again = [replay(runs) for _ in range(2)]

    assert [one.updated for one in again] == [1, 0]
    assert [one.data.metrics for one in shown(runs)] == [{"curves/loss": 0.5, "result/iou": 0.75}]
