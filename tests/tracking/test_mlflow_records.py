"""What MLflow shall show, without MLflow."""

from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Evidence
from orchestrator.files.record_file import write_beside
from orchestrator.study.study import Edge
from orchestrator.study.trial import Trial
from orchestrator.tracking.edges.record import Record
from orchestrator.tracking.mlflow_records import LARGEST_COPY, files, measures, parent_records, trial_records
from tests.evidence.searched import answers, search_of, study_of
from tests.tracked_study import BEGAN, claim, finish, leave, log, look, points, stage, submission

STUDY = submission("study", stage("train", points(encoder=["vgg16"], seed=[0, 1])))


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def first(runs: RunFolder) -> Trial:
    return look(runs, STUDY).plan.trials[0]


def records(runs: RunFolder) -> list[Record]:
    return trial_records(runs, STUDY, look(runs, STUDY))


def parents(runs: RunFolder) -> list[Record]:
    return parent_records(STUDY, look(runs, STUDY), records(runs))


def artifacts(runs: RunFolder) -> tuple[TrialFolder, Path]:
    folder = runs.trial(first(runs))
    folder.artifacts.mkdir(parents=True)
    return folder, folder.artifacts


def test_a_trial_that_never_started_is_not_shown(runs: RunFolder) -> None:
    assert records(runs) == []


@pytest.mark.parametrize(
    ("outcome", "status", "stamp"),
    [
        ("failed", "FAILED", "FAILED after 1"),
        ("interrupted", "RUNNING", None),
    ],
)
def test_a_record_has_mlflows_word_for_the_state(
    runs: RunFolder, outcome: str, status: str, stamp: str | None
) -> None:
    leave(claim(runs, first(runs)), outcome)
    (record,) = records(runs)

    assert (record.status, record.stamp) == (status, stamp)


def test_a_trial_that_was_ended_early_is_killed_to_mlflow(runs: RunFolder) -> None:
    sweep = study_of(search_of()).stages[0]
    searched = submission("study", sweep)
    runs.publish_answer(look(runs, searched).plan.openings[0].key, answers(0.5)[0])
    (trial,) = look(runs, searched).plan.trials
    leave(claim(runs, trial), "pruned")
    (record,) = trial_records(runs, searched, look(runs, searched))

    assert (record.status, record.stamp) == ("KILLED", "PRUNED after 1")


def test_a_trial_that_is_done_lasts_from_its_claim_to_its_result(runs: RunFolder) -> None:
    claim(runs, first(runs))
    finish(runs, first(runs), {"iou": 0.5})
    (record,) = records(runs)

    assert (record.status, record.start, record.end) == ("FINISHED", BEGAN, BEGAN + 100)


def test_the_commit_of_the_code_is_told(runs: RunFolder) -> None:
    write_beside(runs.path / "studies/study/code/c0de.json", '{"commit": "abc", "changed": true}')
    claim(runs, first(runs))

    assert records(runs)[0].tags["git_commit"] == "abc with changes"


def test_a_study_goes_on_while_a_trial_may(runs: RunFolder) -> None:
    claim(runs, first(runs))
    finish(runs, first(runs), {"iou": 0.5})

    assert [(record.name, record.status, record.tags["states"]) for record in parents(runs)] == [
        ("study", "RUNNING", "1 DONE, 1 READY"),
        ("train", "RUNNING", "1 DONE, 1 READY"),
    ]


def test_a_study_of_which_a_trial_failed_has_failed(runs: RunFolder) -> None:
    done, failed = look(runs, STUDY).plan.trials
    claim(runs, done)
    finish(runs, done, {"iou": 0.5})
    leave(claim(runs, failed), "failed")

    assert {record.status for record in parents(runs)} == {"FAILED"}


def test_the_latest_number_of_a_step_counts(runs: RunFolder) -> None:
    log(claim(runs, first(runs)), [1, 2], loss=0.5)
    log(claim(runs, first(runs), 2), [2], loss=0.25)

    assert [(one.step, one.value) for one in measures(runs.trial(first(runs)), Evidence())] == [
        (1, 0.5),
        (2, 0.25),
    ]


def test_the_metrics_of_a_result_stand_apart(runs: RunFolder) -> None:
    claim(runs, first(runs))
    finish(runs, first(runs), {"acc@1": 0.5})
    (measure,) = measures(runs.trial(first(runs)), look(runs, STUDY).evidence[first(runs).id])

    assert (measure.key, measure.step) == ("result/acc_1", 0)


def test_small_artifacts_are_copied_and_all_are_listed(runs: RunFolder) -> None:
    folder, inside = artifacts(runs)
    (inside / "small.txt").write_text("x")
    with (inside / "large.pt").open("wb") as large:
        large.truncate(LARGEST_COPY + 1)
    attached = {one.name: one.text or "" for one in files(folder)["artifacts"]}

    assert list(attached) == ["artifacts/small.txt", "artifacts.txt"]
    assert "artifacts/large.pt  only at" in attached["artifacts.txt"]


def test_what_a_link_leads_out_to_is_not_copied(runs: RunFolder, tmp_path: Path) -> None:
    folder, inside = artifacts(runs)
    (tmp_path / "secret").write_text("x")
    (inside / "link").symlink_to(tmp_path / "secret")

    assert [one.name for one in files(folder)["artifacts"]] == ["artifacts.txt"]


def test_the_log_of_the_last_attempt_is_shown(runs: RunFolder) -> None:
    claim(runs, first(runs))
    second = claim(runs, first(runs), 2)

    assert [one.path for one in files(runs.trial(first(runs)))["log.txt"]] == [second / "log.txt"]


def test_all_that_is_needed_is_a_tag(runs: RunFolder) -> None:
    gathers = Edge(name="all", stage="train", all=("seed",))
    study = submission(
        "study", stage("train", points(seed=[0, 1])), stage("mean", points(k=[1], seed=[0]), (gathers,))
    )
    one, other, mean = look(runs, study).plan.trials
    claim(runs, mean)
    (record,) = trial_records(runs, study, look(runs, study))

    assert record.tags["needs"] == f"all={one.id}+{other.id}"
