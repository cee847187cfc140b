"""What a task names stays in its own folder, whatever bytes the name has."""

import os
import sys
from pathlib import Path

import pytest

from orchestrator.engine.context import Context
from orchestrator.engine.runner import run_attempt
from orchestrator.engine.settle import Part, World
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Claim
from orchestrator.study.trial import Trial
from orchestrator.tracking.mlflow_records import files

TRIAL = Trial(id="abc", stage="s", task="odd.run", version=1, params={}, seed=0, needs={}, axes={})
pytestmark = pytest.mark.usefixtures("signals_put_back")
TASK = """\
import os
import sys

from pydantic import BaseModel


class Params(BaseModel):
    pass


def run(params: Params, context) -> dict[str, float]:
    {0}
"""


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    """Give the folder of a trial that was just claimed."""
    folder = RunFolder(tmp_path).trial(TRIAL)
    folder.describe(TRIAL)
    folder.claim(1, Claim(worker="w", job="slurm:1", host="h", time=1, code="c"))
    return folder


@pytest.mark.parametrize("name", ["../x", "../../../x", "/tmp/x", "a/../../x", "out/x", "a\0b"])
def test_an_artifact_stays_in_its_folder(folder: TrialFolder, tmp_path: Path, name: str) -> None:
    folder.artifacts.mkdir()
    (folder.artifacts / "out").symlink_to(tmp_path)
    context = Context(folder, folder.attempt(1), TRIAL, tmp_path, tmp_path)

    with pytest.raises(ValueError, match=r"leads out of the artifacts folder|null"):
        context.artifact(name)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("raise ValueError('a\\udcffb')", "a\\udcffb"),
        ("return {'a\\udcffb': 1.0}", "a task returns numbers"),
        ("return {'a': '1'}", "a task returns numbers"),
    ],
)
def test_a_task_that_says_odd_bytes_leaves_a_record(
    folder: TrialFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    (tmp_path / "odd.py").write_text(TASK.format(line))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "odd", raising=False)
    run_attempt(Part(folder=folder, number=1), World(data=tmp_path, code=tmp_path))
    ended = folder.read_exit(1)

    assert ended is not None
    assert ended.failure is not None
    assert told in ended.failure.message


def test_an_artifact_of_odd_bytes_is_listed_and_not_copied(folder: TrialFolder) -> None:
    folder.artifacts.mkdir()
    (Path(os.fsdecode(os.fsencode(folder.artifacts) + b"/a\xffb"))).write_text("x")
    (shown,) = files(folder)["artifacts"]

    assert "artifacts/a\N{REPLACEMENT CHARACTER}b  only at " in (shown.text or "")
