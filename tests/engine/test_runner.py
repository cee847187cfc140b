import os
import stat
from pathlib import Path

import psutil
import pytest

from orchestrator.drill.edges.small_disk import NoSmallDiskError, with_small_disk
from orchestrator.engine.runner import run_attempt
from orchestrator.engine.settle import Part, World
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Exit
from orchestrator.files.record_file import keep_room
from orchestrator.study.trial import Gathered, Member, Trial

pytestmark = pytest.mark.usefixtures("signals_put_back")
TASK = """
from pydantic import BaseModel

from orchestrator.drill.edges.small_disk import fill_disk


class Params(BaseModel):
    pass


def fill(params: Params, context) -> dict[str, float]:
    fill_disk(context.artifact("large"))
    return {"loss": 0.5}
"""
PERCENT = """
from pydantic import BaseModel, field_validator


class Params(BaseModel):
    lr: float

    @field_validator("lr")
    @classmethod
    def share(cls, value):
        return value / 100


def run(params: Params, context) -> dict[str, float]:
    return {"loss": params.lr}
"""
TRAINER = """
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Params:
    lr: float


class Trainer:
    def __init__(self):
        self.where = Path.cwd()

    def run(self, params: Params, context) -> dict[str, float]:
        assert self.where.name == "work"
        return {"loss": params.lr}
"""
TRIAL = Trial(id="0" * 16, stage="s", task="filler.fill", version=1, params={}, seed=0, needs={}, axes={})


def failed_as(runs: Path) -> str:
    """Return the failure class of a trial that fills the disk and then has a result."""
    folder = RunFolder(runs).trial(TRIAL)
    folder.describe(TRIAL)
    folder.attempt(1).mkdir(parents=True)
    keep_room(runs / "room")
    run_attempt(Part(folder=folder, number=1), World(data=runs, code=runs.parent, room=runs / "room"))
    ended = folder.read_exit(1)
    return ended.failure.kind if ended and ended.failure else "not at all"


def test_a_disk_that_has_no_room_for_the_result_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "filler.py").write_text(TASK)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        kind = with_small_disk(tmp_path / "disk", 4 << 20, lambda: failed_as(tmp_path / "disk"))
    except NoSmallDiskError as error:
        pytest.skip(f"NOT TESTED: {error}")

    assert kind == "disk_full"


def ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, body: str, trial: Trial = TRIAL
) -> Exit:
    """Return how the only attempt of a trial ends whose task does this."""
    (tmp_path / f"{module}.py").write_text(
        "from pydantic import BaseModel\nclass P(BaseModel): pass\ndef run(params: P, context):\n" + body
    )
    monkeypatch.syspath_prepend(tmp_path)
    folder = RunFolder(tmp_path).trial(trial)
    folder.describe(trial.model_copy(update={"task": module}))
    folder.attempt(1).mkdir(parents=True)
    return run_attempt(Part(folder=folder, number=1), World(data=tmp_path, code=tmp_path))


def test_a_file_system_that_fails_is_named_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "    raise ValueError('no picture') from OSError(116, 'Stale file handle', '/proc/a.pt')\n"
    failure = ended(tmp_path, monkeypatch, "stale", body).failure

    assert failure is not None
    assert failure.kind == "file_system"
    assert failure.message == "ValueError: no picture (/proc/a.pt: file system proc, mounted at /proc)"


def test_a_file_system_that_fails_on_an_unnamed_file_is_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = ended(tmp_path, monkeypatch, "broken", "    raise OSError(5, 'Input/output error')\n").failure

    assert failure is not None
    assert failure.kind == "file_system"
    assert f"{tmp_path}: file system " in failure.message


def test_where_nothing_can_be_learnt_of_the_file_system_the_end_is_recorded_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path / "none"))
    body = "    raise OSError(116, 'Stale file handle', '/proc/a.pt')\n"
    failure = ended(tmp_path, monkeypatch, "stale_too", body).failure

    assert failure is not None
    assert failure.message.endswith("(/proc/a.pt)")


def test_parameters_that_the_task_would_be_handed_as_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "percent.py").write_text(PERCENT)
    monkeypatch.syspath_prepend(tmp_path)
    trial = TRIAL.model_copy(update={"task": "percent", "params": {"lr": 50}})
    folder = RunFolder(tmp_path).trial(trial)
    folder.describe(trial)
    folder.attempt(1).mkdir(parents=True)
    failure = run_attempt(Part(folder=folder, number=1), World(data=tmp_path, code=tmp_path)).failure

    assert failure is not None
    assert (failure.kind, failure.message) == (
        "parameter_error",
        "ParameterError: parameter `lr`: it is 0.5 when it is first read, and 0.005 when read again",
    )


def test_a_class_is_made_in_the_folder_that_the_attempt_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trainer_class.py").write_text(TRAINER)
    monkeypatch.syspath_prepend(tmp_path)
    trial = TRIAL.model_copy(update={"task": "trainer_class.Trainer", "params": {"lr": 3}})
    folder = RunFolder(tmp_path / "runs").trial(trial)
    folder.describe(trial)
    folder.attempt(1).mkdir(parents=True)
    (tmp_path / "code").mkdir()

    assert (
        run_attempt(Part(folder=folder, number=1), World(data=tmp_path, code=tmp_path / "code")).failure
        is None
    )


def test_a_message_of_megabytes_is_recorded_in_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "    raise ValueError('first' + 'x' * 5_000_000 + 'last')\n"
    failure = ended(tmp_path, monkeypatch, "long", body).failure

    assert failure is not None
    assert failure.message.startswith("ValueError: first")
    assert failure.message.endswith("last")
    assert "all of it in " in failure.message
    assert len(failure.message + failure.traceback) < 41_000


def test_nothing_is_open_to_strangers_though_a_task_opens_its_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """    import os
    os.umask(0)
    context.log({"x": 1}, 0)
    with context.saving(0):
        context.checkpoint
    context.artifact("deep/folder/file")
    return {"x": 1.0}
"""
    before = os.umask(0o022)
    try:
        ended(tmp_path, monkeypatch, "open", body)
    finally:
        os.umask(before)

    made = [path for path in (tmp_path / "trials").rglob("*") if path.stat().st_mode & stat.S_IWOTH]
    assert not made


def test_a_step_between_two_is_not_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = ended(tmp_path, monkeypatch, "half", "    context.log({'x': 1}, 1.5)\n").failure

    assert failure is not None
    assert failure.message.startswith("TypeError: the step 1.5 is no whole number")


GATHERING = TRIAL.model_copy(
    update={
        "needs": {"one": "1" * 16},
        "gathered": {"both": Gathered(members=(Member(id="1" * 16, axes={}),))},
    }
)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("need('both')", "context.members('both')"), ("members('one')", "context.need('one')")],
)
def test_a_need_of_the_other_kind_is_told_with_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, hint: str
) -> None:
    body = f"    context.{asked}\n"
    failure = ended(tmp_path, monkeypatch, f"asks_{asked[:4]}", body, GATHERING).failure

    assert failure is not None
    assert hint in failure.message
