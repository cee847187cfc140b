"""All five studies from drawn data to tables, with as little training as fills every table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SHORT = {
    "face_segmentation": {
        "celeba.images": 60,
        "gender.max_epochs": 1,
        "segment.max_epochs": 20,
    },
    "background_removal": {
        "celebhair": {"train": 24, "val": 8, "test": 8},
        "vggface2": {"train": 40, "val": 10, "test": 10},
        "unet.epochs": 1,
        "recognition.epochs": 1,
    },
    "elfw_classes": {"overfit.max_epochs": 2, "sweep.epochs": 1, "final.epochs": 2},
    "facial_attributes": {
        "celeba.images": 80,
        "aflw.images": 60,
        "single.epochs": 1,
        "genre_aflw.epochs": 1,
        "genage.epochs": 1,
        "multi4.epochs": 1,
    },
    "multitask": {"faces.images": 100, "multi.max_epochs": 2, "single.max_epochs": 2},
}


def settings() -> list[str]:
    """Return the overrides as the command line takes them."""
    given = []
    for study, values in SHORT.items():
        for key, value in values.items():
            for name, number in value.items() if isinstance(value, dict) else [("", value)]:
                given += ["--set", f"{study}.{key}{'.' * bool(name)}{name}={number}"]
    return given


def typed(*words: str) -> str:
    command = [sys.executable, "-m", "orchestrator", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quickstart")
    typed("submit", "grids/quickstart.yaml", "--runs", str(folder), *settings())
    return folder


@pytest.fixture(scope="module")
def report(runs: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed("report", "quickstart", "--runs", str(runs), "--json"))
    return found


def test_every_trial_is_done(runs: Path) -> None:
    states = json.loads(typed("status", "quickstart", "--runs", str(runs), "--json"))["states"]

    assert states == {"DONE": 120}


def test_no_table_and_no_figure_is_left_out(report: dict[str, Any]) -> None:
    assert report["left_out"] == []


def test_every_cell_is_measured(report: dict[str, Any]) -> None:
    empty = [
        (table["id"], row["row"], cell["column"])
        for table in report["tables"]
        for row in table["rows"]
        for cell in row["cells"]
        if cell["value"] is None
    ]

    # A network that never answers a class has no precision for it, and not every curve gets as high.
    may_lack = {"elfw_classification_report", "epochs_sooner"}
    assert [place for place in empty if place[0] not in may_lack] == []


def test_every_number_is_marked_as_drawn(report: dict[str, Any]) -> None:
    assert all("synthetic" in " ".join(note["text"] for note in table["notes"]) for table in report["tables"])
