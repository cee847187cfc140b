"""What `advance` does when the cluster misbehaves: the scheduler is a Slurm of small programs."""

import json
from typing import Any

import pytest

from orchestrator.engine.advance import is_over, waiting_for_room
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.judge import judge
from orchestrator.places.job_log import Launched
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.search import Search
from orchestrator.study.study import Edge, Study
from tests.engine.queue_programs import Queue, make_queue
from tests.launches import begun
from tests.toy_fixture import Toy
from tests.tracked_study import face_study, look, points, stage

STUDY = "study: s\naxes: {lr: [0.1, 0.2, 0.3]}\nstages:\n  a: {task: toy.train, over: [lr]}\n"
SUBMIT = ("submit", "study.yaml", "--cluster", "fake.yaml")


@pytest.fixture
def queue(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Queue:
    return make_queue(toy, STUDY, monkeypatch)


def records(toy: Toy, name: str, key: str) -> list[Any]:
    """Return what stands under a key of each launch's record of that name."""
    files = sorted((toy.folder / "runs/studies/s/jobs").glob(f"*/{name}.json"))
    return [json.loads(file.read_text())[key] for file in files]


def test_arrays_stay_below_the_sites_limit(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)

    assert records(toy, "intent", "count") == [2, 1, 1]  # two arrays and the sentinel


def test_a_refusal_is_told_and_nothing_is_taken_for_queued(toy: Toy, queue: Queue) -> None:
    queue.does("before", "echo 'sbatch: error: invalid account' >&2; exit 1")
    refused = toy.type(*SUBMIT, code=1)

    assert "invalid account" in refused.stderr
    assert records(toy, "submitted", "jobs") == [[]]


def test_a_job_that_was_queued_though_sbatch_failed_is_found_again(toy: Toy, queue: Queue) -> None:
    queue.does("after", "exit 1")
    toy.type(*SUBMIT)

    assert records(toy, "submitted", "jobs")[0] == ["slurm:1_0", "slurm:1_1"]


def test_a_queue_that_does_not_answer_starts_nothing_more(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)
    before = records(toy, "intent", "kind")
    queue.empty(used=3)
    queue.does("silent", "exit 1")
    toy.type("advance", "s")

    assert records(toy, "intent", "kind") == before


def test_one_sentinel_is_enough_as_long_as_it_waits(toy: Toy, queue: Queue) -> None:
    for values in ("[0.1]", "[0.1, 0.2]", "[0.1]"):
        toy.study(STUDY.replace("[0.1, 0.2, 0.3]", values))
        toy.type(*SUBMIT)

    assert records(toy, "intent", "kind") == ["workers", "sentinel", "workers"]


def test_neither_worker_nor_sentinel_is_started_for_what_is_skipped(toy: Toy, queue: Queue) -> None:
    with (toy.folder / "toy.py").open("a") as task:
        task.write("\n\ndef missing(params, data):\n    return ['there is no dataset']\n")
    toy.type(*SUBMIT, "--skip-missing-data")

    assert records(toy, "intent", "kind") == []
    assert toy.json("status", "s")["states"] == {"SKIPPED": 3}


def test_workers_that_never_begin_end_the_patience(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)
    queue.empty(used=3)
    toy.type("advance", "s")
    queue.empty(used=6)
    stalled = toy.type("advance", "s", code=1)

    assert "ended before any worker took a trial" in stalled.stderr


@pytest.mark.slow
def test_a_study_goes_from_a_cluster_to_this_machine(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)
    queue.does("silent", "exit 1")
    toy.type("submit", "study.yaml")

    assert toy.json("status", "s")["states"] == {"DONE": 3}


def test_without_slurm_the_user_is_told_where_to_go(
    toy: Toy, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert "login node" in toy.type(*SUBMIT, code=1).stderr


@pytest.mark.parametrize(("taken_then", "waiting"), [(0, 1), (1, 0)], ids=["taken still", "free by now"])
def test_who_waits_for_gpus_that_are_free_by_now_is_told_nothing(
    runs: RunFolder, taken_then: int, waiting: int
) -> None:
    launch = begun(runs.study("faces"), cluster="local")
    launch.settle(Launched(full="0 of 1 GPUs are free", waiting=1, queued=taken_then))

    assert waiting_for_room(runs, face_study(), look(runs, face_study()))[0] == waiting


def test_a_search_that_gathers_a_failed_trial_is_over() -> None:
    search = Search(trials=2, space={"lr": [0.1, 1.0]}, objective=Objective(minimize="loss"))
    sweep = stage("sweep", points(seed=[0]), (Edge(name="n", stage="train", all=("k",)),))
    study = Study(
        name="s",
        stages=(stage("train", points(k=[1], seed=[0])), sweep.model_copy(update={"search": search})),
    )
    plan = expand(study, Known())
    (opening,) = plan.openings

    assert opening.remaining == 2
    assert is_over(judge(plan, {trial.id: Evidence(cancelled=True) for trial in plan.trials}))
