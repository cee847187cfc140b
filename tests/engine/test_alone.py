"""What a trial sees of the project and of other trials, typed as a user types it."""

from pathlib import Path

import pytest

from tests.engine.queue_programs import PROFILE, make_queue
from tests.toy_fixture import Toy, make_toy

pytestmark = pytest.mark.slow

TASK = """
{head}
import os
from pathlib import Path

import helper
from pydantic import BaseModel


class Params(BaseModel):
    pass


def train(params: Params, context):
    found = float(Path("model.txt").exists())
    Path("model.txt").write_text(str(context.seed))
    return {{
        "found": found,
        "labels": float(open("labels.csv").read()),
        "vocabulary": float(len(open("vocabulary.bin", "rb").read())),
        "runs": float(os.access("run.sh", os.X_OK)),
        "of snapshot": float(Path(helper.__file__).parent == Path(__file__).parent == context.code),
        "fresh": float({fresh}),
    }}
"""
FRESH = """
import sys
from types import SimpleNamespace

sys.path.insert(0, "")  # as some do
cuda = SimpleNamespace(is_initialized=lambda: True, get_device_name=lambda: "none")
cuda.max_memory_reserved = lambda: 0
sys.modules["torch"] = SimpleNamespace(cuda=cuda, __version__="0")  # what forbids a fork
"""
STUDY = "study: s\naxes: {seed: [0, 1]}\nstages:\n  train: {task: toy.train, over: [seed]}\n"


@pytest.fixture(scope="module", params=[("", "False"), (FRESH, "sys.argv[0].endswith('runner.py')")])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give a trained study, its runners forked or in interpreters of their own; it is only looked at."""
    head, fresh = request.param
    toy = make_toy(tmp_path_factory.mktemp("trained"), TASK.format(head=head, fresh=fresh))
    (toy.folder / "helper.py").touch()
    (toy.folder / "labels.csv").write_text("7")
    (toy.folder / "vocabulary.bin").write_bytes(b"\x00\xff")
    (toy.folder / "run.sh").touch(0o755)
    toy.study(STUDY)
    toy.type("submit", "study.yaml", code=None)
    return toy


def test_a_trial_is_alone_and_sees_the_project(trained: Toy) -> None:
    seen = [trained.result(trial["id"])["metrics"] for trial in trained.trials("s")]
    fresh = float("is_initialized" in (trained.folder / "toy.py").read_text())

    assert (
        seen == [{"found": 0, "labels": 7, "vocabulary": 2, "runs": 1, "of snapshot": 1, "fresh": fresh}] * 2
    )


def test_a_trial_that_is_done_leaves_no_work_behind(trained: Toy) -> None:
    assert not list(trained.folder.glob("runs/trials/*/*/attempts/*/work"))


MOVES = """
import os
from pathlib import Path

from pydantic import BaseModel

os.chdir("/")


class Params(BaseModel):
    pass


def train(params: Params, context):
    return {"x": 1.0}


def missing(params, data):
    os.chdir("/")
    return []
"""


def test_a_task_that_goes_elsewhere_takes_no_run_folder_along(tmp_path: Path) -> None:
    toy = make_toy(tmp_path, MOVES)
    toy.study(STUDY)
    toy.type("submit", "study.yaml", "--runs", "elsewhere", code=None)

    assert len(list(toy.folder.glob("elsewhere/trials/*/*/result.json"))) == 2


def test_other_settings_and_printed_results_are_no_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = make_toy(tmp_path)
    make_queue(toy, f"{STUDY}report: tables.yaml\n", monkeypatch)
    (toy.folder / "tables.yaml").write_text("reference: printed.yaml\ntables: []\n")
    for comment in "ab":
        (toy.folder / "printed.yaml").write_text(f"# {comment}\ntables: []\n")
        (toy.folder / "fake.yaml").write_text(f"# {comment}\n{PROFILE}")
        toy.type("submit", "study.yaml", "--cluster", "fake.yaml")

    assert len(list(toy.folder.glob("runs/studies/s/code/*.json"))) == 1
