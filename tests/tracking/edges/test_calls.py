"""How often MLflow is called, no oftener than its bare client has to be, and what if a call never comes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.tracking.edges.record import Measure, Record
from orchestrator.tracking.edges.shown import OwnPoints, Shown
from tests.mlflow_fixture import Watched, client

STUDY = Record(
    name="study", parent=None, status="FINISHED", start=1.0, end=2.0, params={}, tags={"study": "study"}
)


def trial(name: str, end: float | None = 2.0) -> Record:
    return Record(
        name=name,
        parent="study",
        status="RUNNING" if end is None else "FINISHED",
        start=1.0,
        end=end,
        params={"seed": name, "encoder": "vgg16"},
        tags={"trial": name, "state": "DONE"},
        stamp=None if end is None else "DONE after 1",
    )


def numbers(count: int) -> list[Measure]:
    return [Measure(key="loss", step=step, value=0.5, time=1.0 + step) for step in range(count)]


def experiment(runs: RunFolder) -> str:
    return str(client(runs).get_experiment_by_name("template").experiment_id)


def written(
    runs: RunFolder,
    record: Record,
    measures: Sequence[Measure],
    killed_before: str = "",
    own: OwnPoints | None = None,
) -> list[str]:
    """Write a record below the study and return the calls that it took."""
    Shown(client(runs), experiment(runs)).write(STUDY, (), {})
    mlflow = Watched(runs, killed_before)
    shown = Shown(mlflow, experiment(runs), database=runs.path / "mlflow.db", own={} if own is None else own)
    if not shown.is_current(record):
        shown.write(record, measures, {})
    return mlflow.calls


@pytest.mark.parametrize(
    ("record", "count", "calls"),
    [
        (trial("done"), 1, ["create_run", "log_batch", "set_terminated"]),
        (trial("runs", None), 1, ["create_run", "log_batch"]),
        (trial("long"), 1500, ["create_run", "log_batch", "log_batch", "set_terminated"]),
    ],
)
def test_a_new_run_takes_as_few_calls_as_can_be(
    runs: RunFolder, record: Record, count: int, calls: list[str]
) -> None:
    assert written(runs, record, numbers(count)) == calls


def test_what_is_shown_already_takes_none(runs: RunFolder) -> None:
    written(runs, trial("done"), numbers(1))

    assert written(runs, trial("done"), numbers(1)) == []


def test_points_that_follow_take_one_history_and_one_call(runs: RunFolder) -> None:
    written(runs, trial("runs", None), numbers(1))

    assert written(runs, trial("runs", None), numbers(2)) == ["get_run", "get_metric_history", "log_batch"]


def test_points_that_follow_in_one_program_take_one_call(runs: RunFolder) -> None:
    own: OwnPoints = {}
    written(runs, trial("runs", None), numbers(1), own=own)

    assert written(runs, trial("runs", None), numbers(2), own=own) == ["log_batch"]


def test_points_that_another_program_has_written_are_read(runs: RunFolder) -> None:
    own: OwnPoints = {}
    written(runs, trial("runs", None), numbers(1), own=own)
    written(runs, trial("runs", None), numbers(2))

    assert "get_metric_history" in written(runs, trial("runs", None), numbers(3), own=own)


def test_a_point_that_is_another_now_is_seen_in_one_program_too(runs: RunFolder) -> None:
    own: OwnPoints = {}
    written(runs, trial("runs", None), numbers(2), own=own)
    other = Measure(key="loss", step=1, value=0.25, time=9.0)
    written(runs, trial("runs", None), [numbers(1)[0], other], own=own)
    (run,) = client(runs).search_runs([experiment(runs)], "tags.trial = 'runs'")

    assert [m.value for m in client(runs).get_metric_history(run.info.run_id, "loss")] == [0.5, 0.25]


def test_an_end_takes_one_call_beside_its_tags(runs: RunFolder) -> None:
    written(runs, trial("ends", None), numbers(1))

    assert written(runs, trial("ends"), numbers(1)) == ["log_batch", "set_terminated"]


@pytest.mark.parametrize("call", ["log_batch", "set_terminated"])
def test_a_new_run_that_was_begun_by_a_killed_program_is_ended(runs: RunFolder, call: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        written(runs, trial("done"), numbers(2), killed_before=call)
    written(runs, trial("done"), numbers(2))
    (run,) = client(runs).search_runs([experiment(runs)], "tags.trial = 'done'")

    assert (run.info.status, run.info.end_time, run.data.metrics) == ("FINISHED", 2000, {"loss": 0.5})


def test_a_run_that_was_begun_anew_by_a_killed_program_is_shown_once(runs: RunFolder) -> None:
    written(runs, trial("done"), numbers(2))
    with pytest.raises(KeyboardInterrupt):
        written(runs, trial("done", None), numbers(1), killed_before="delete_run")
    written(runs, trial("done", None), numbers(1))
    (run,) = client(runs).search_runs([experiment(runs)], "tags.trial = 'done'")

    assert (run.info.status, run.data.params) == ("RUNNING", {"seed": "done", "encoder": "vgg16"})


def test_a_study_that_goes_on_again_keeps_its_run_and_so_its_trials(runs: RunFolder) -> None:
    written(runs, trial("done"), numbers(1))
    again = replace(STUDY, status="RUNNING", end=None)
    mlflow = Watched(runs)
    Shown(mlflow, experiment(runs), database=runs.path / "mlflow.db").write(again, (), {})

    assert mlflow.calls == ["update_run"]


def test_a_study_that_has_ended_again_has_its_new_end(runs: RunFolder) -> None:
    for record in (STUDY, replace(STUDY, status="RUNNING", end=None), replace(STUDY, end=3.0)):
        Shown(client(runs), experiment(runs)).write(record, (), {})
    (run,) = client(runs).search_runs([experiment(runs)], "tags.study = 'study'")

    assert (run.info.status, run.info.end_time) == ("FINISHED", 3000)
