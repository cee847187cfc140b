from pathlib import Path

from orchestrator.places.job_log import GpuFailure, JobLog, Launched
from tests.launches import INTENT


def test_two_who_decide_at_the_same_moment(tmp_path: Path) -> None:
    log = JobLog(tmp_path)

    assert [log.begin(1, INTENT) is not None, log.begin(1, INTENT) is not None] == [True, False]


def test_an_intent_is_open_until_its_jobs_are_known(tmp_path: Path) -> None:
    log = JobLog(tmp_path)
    launch = log.begin(1, INTENT)
    assert launch is not None
    before = log.launches()[0].open
    launch.settle(Launched(jobs=("slurm:7_0", "slurm:7_1")))

    assert (before, log.launches()[0].open, log.launches()[0].jobs) == (
        True,
        False,
        ("slurm:7_0", "slurm:7_1"),
    )


def test_a_folder_without_intent_is_open(tmp_path: Path) -> None:
    (tmp_path / "jobs/0001").mkdir(parents=True)

    assert JobLog(tmp_path).launches()[0].open


def test_who_is_first_decides_what_came_of_it(tmp_path: Path) -> None:
    launch = JobLog(tmp_path).begin(1, INTENT)
    assert launch is not None
    launch.settle(Launched())

    assert launch.settle(Launched(jobs=("slurm:7",))).jobs == ()


def test_a_submission_is_never_there_without_its_intent(tmp_path: Path) -> None:
    log = JobLog(tmp_path)
    log.begin(1, INTENT)
    log.begin(1, INTENT.model_copy(update={"starter": "local:h:2:3"}))

    assert [path.name for path in log.path.iterdir()] == ["0001"]


def test_workers_that_said_goodbye(tmp_path: Path) -> None:
    log = JobLog(tmp_path)
    log.begin(1, INTENT)
    log.launch(1).mark("ended", 0, "slurm:7_0")

    assert log.launch(1).ended() == {"slurm:7_0"}


def test_tokens_of_two_run_folders_differ(tmp_path: Path) -> None:
    assert JobLog(tmp_path / "a").token("s", 1) != JobLog(tmp_path / "b").token("s", 1)


def test_workers_that_cannot_use_their_gpus_say_why(tmp_path: Path) -> None:
    launch = JobLog(tmp_path).begin(1, INTENT)
    assert launch is not None
    failure = GpuFailure(job="slurm:7_0", host="h", node="n", gpus=1, found="it is gone", time=1)
    launch.cannot_use_gpus(0, failure)

    assert launch.gpu_failures() == [failure]
