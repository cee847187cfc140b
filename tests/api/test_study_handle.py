import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.api.opening import define, load
from orchestrator.api.study_handle import StudyHandle
from orchestrator.messages.errors import NotFoundError, TrialsFailedError, UserError
from tests.toy_fixture import TASK, Toy, environment
from tests.waiting import wait

pytestmark = pytest.mark.slow

HELD = {"train": {"task": "toy.train", "over": ["lr"], "params": {"held": True}}}


@pytest.fixture
def held(project: Path) -> StudyHandle:
    """Return a study whose two trials are held after a step until there is a file `go`."""
    (project / "toy.py").write_text(TASK)
    return define("held", axes={"lr": [0.1, 0.2]}, stages=HELD)


def test_a_study_that_was_not_submitted_shows_as_such(project: Path) -> None:
    study = load("study.yaml")

    assert (repr(study), study._repr_html_()) == (
        "<study toy: not submitted>",
        "<div><strong>toy</strong>: not submitted</div>",
    )


def test_a_study_whose_files_are_damaged_shows_that(own_finished: Path) -> None:
    (own_finished / "runs/studies/toy/study.json").write_text("{}")

    assert "study.json" in repr(load("study.yaml"))
    assert "study.json" in load("study.yaml")._repr_html_()


def test_a_study_shows_as_its_status(study: StudyHandle) -> None:
    assert study._repr_html_() == study.status()._repr_html_()


def test_submit_comes_back_and_the_study_goes_on(held: StudyHandle, project: Path) -> None:
    held.submit()
    toy = Toy(project)
    toy.saved(2)
    states = held.status().states
    with pytest.raises(TimeoutError, match=r"`held` is not over after 0 s \(2 RUNNING\); it goes on"):
        held.wait(timeout=0)
    toy.let_go()
    held.wait()

    assert (states, held.status().states, held.status().over) == ({"RUNNING": 2}, {"DONE": 2}, True)


def test_the_command_line_knows_a_study_given_in_python(held: StudyHandle, project: Path) -> None:
    toy = Toy(project)
    toy.let_go()
    held.submit(wait=True)

    assert len(toy.json("status", "held")["trials"]) == 2
    toy.type("submit", "runs/studies/held/given.yaml")
    toy.type("report", "runs/studies/held/given.yaml")
    assert load("held").status().done == 2


def test_a_study_that_is_cancelled_is_taken_up_by_the_next_submit(held: StudyHandle, project: Path) -> None:
    held.submit()
    toy = Toy(project)
    toy.saved(2)
    cancelled = held.cancel()
    wait(lambda: held.status().states == {"CANCELLED": 2})
    toy.let_go()

    assert cancelled == 2
    assert held.submit(wait=True).status().states == {"DONE": 2}


INTERRUPTED = """
import orchestrator, sys

study = orchestrator.load("held.yaml").submit()
try:
    study.wait()
except KeyboardInterrupt:
    print("interrupted", study.status().states)
"""


def test_ctrl_c_in_wait_leaves_the_study_running(held: StudyHandle, project: Path) -> None:
    toy = Toy(project)
    toy.study("study: held\nstages: {train: {task: toy.train, params: {held: true}}}\n", "held.yaml")
    program = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    toy.saved()
    assert program.stderr is not None
    while " held: " not in program.stderr.readline():  # what wait() says
        assert program.poll() is None
    program.send_signal(signal.SIGINT)
    out, err = program.communicate()
    toy.let_go()
    toy.done("held", 1)

    assert out == "interrupted {'RUNNING': 1}\n"
    assert "`held` goes on; follow it again with wait(), stop it with cancel()" in err


def test_failed_trials_are_raised_by_wait_and_taken_up_by_retry(project: Path) -> None:
    (project / "toy.py").write_text(TASK)
    stages = {"train": {"task": "toy.train", "params": {"fail": True}}}
    study = define("bad", stages=stages).submit()
    with pytest.raises(TrialsFailedError, match="1 trial of `bad` failed") as raised:
        study.wait()

    assert raised.value.__notes__ == [f"hint: {raised.value.hint}"]
    assert "asked to fail" in study.trials()[0].failure
    assert (study.retry(), study.status().states) == (1, {"READY": 1})


def test_results_have_a_line_for_each_trial(study: StudyHandle) -> None:
    frame = study.results()

    assert (len(frame), set(frame["state"])) == (4, {"DONE"})


@pytest.mark.parametrize(
    ("where", "count"),
    [({"lr": 0.1}, 2), ({"lr": [0.1, 0.4], "seed": (0,)}, 2), ({"lr": 7}, 0), ({"seed": True}, 0)],
)
def test_results_with_some_values_of_axes(study: StudyHandle, where: dict[str, object], count: int) -> None:
    assert len(study.results(where=where)) == count


@pytest.mark.parametrize(
    ("options", "hint"),
    [({"where": {"lrr": 1}}, "did you mean `lr`?"), ({"stage": "trian"}, None)],
)
def test_an_axis_or_a_stage_that_is_not_there_is_told(
    study: StudyHandle, options: dict[str, object], hint: str | None
) -> None:
    with pytest.raises(NotFoundError, match=r"lrr|trian") as raised:
        study.results(**options)  # type: ignore[arg-type]  # of mixed types

    assert raised.value.hint == hint


def test_a_table_of_the_report_file(study: StudyHandle) -> None:
    assert (
        study.table("losses").values["loss"].tolist()
        == study.table(rows="lr", metric="loss").values["loss"].tolist()
    )


def test_what_a_table_is_not_told_is_chosen(study: StudyHandle) -> None:
    assert study.table().cells["row"].tolist() == ["0.1", "0.4"]


def test_a_table_compares_to_a_value(study: StudyHandle) -> None:
    rows = study.table(compare=0.1).table.rows

    assert [row.cells[0].compared is not None for row in rows] == [False, True]


def test_a_trial_by_the_beginning_of_its_id_or_the_name_of_its_folder(study: StudyHandle) -> None:
    first = study.trials()[0]

    assert study.trial(first.id[:6]).id == study.trial(first.folder.name).id == first.id


@pytest.mark.parametrize("beginning", ["", "zz"])
def test_a_trial_that_is_not_there_is_told(study: StudyHandle, beginning: str) -> None:
    with pytest.raises(NotFoundError, match="`toy` has no trial"):
        study.trial(beginning)


def test_what_was_loaded_by_its_name_needs_its_file_to_be_submitted(
    study: StudyHandle, finished: Path
) -> None:
    with pytest.raises(UserError) as raised:
        load("toy").submit()

    assert raised.value.hint == f'load its file: orchestrator.load("{finished}/study.yaml")'


def test_a_task_that_was_edited_is_told_before_anything_is_submitted(project: Path) -> None:
    study = load("study.yaml")
    study.plan()
    task = project / "toy.py"
    task.write_text(task.read_text() + "\nVERSION = 2\n")

    with pytest.raises(UserError, match="`toy`: edited since") as raised:
        study.submit()

    assert raised.value.hint == "restart the kernel, or: import importlib; importlib.reload(toy)"
    assert not (project / "runs").exists()


def test_what_waits_for_data_is_told_in_words_of_python(project: Path) -> None:
    task = project / "toy.py"
    task.write_text(task.read_text() + "\n\ndef missing(params, data):\n    return ['faces: not there']\n")
    with pytest.raises(UserError, match="faces: not there") as raised:
        load("study.yaml").submit()

    assert "submit(skip_missing_data=True)" in str(raised.value.hint)


def test_what_asks_for_gpus_is_told_in_words_of_python(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    stages = {"train": {"task": "toy.train", "shape": "large"}}
    study = define("toy", shapes={"large": {"gpus": 1}}, stages=stages)
    with pytest.raises(UserError, match="train asks for 1 GPU") as raised:
        study.submit()

    assert str(raised.value.hint).startswith("cpu=True trains on the CPU")


def test_nothing_of_the_calling_program_is_changed(own_finished: Path) -> None:
    def present() -> tuple[object, ...]:
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]
        return Path.cwd(), dict(os.environ), sys.argv, sys.stdout, handlers

    before = present()
    load("study.yaml").submit(wait=True)

    assert present() == before
