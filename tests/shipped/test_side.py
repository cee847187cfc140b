"""The side experiments at toy size, with as little training as fills every table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SHORT = {
    "face_segmentation_side": ("segment", "sgd", "fcn32", "end_to_end"),
    "face_segmentation_grid_decoder": ("segment", "grid"),
}
FEW = {
    "axes.encoder": "[vgg16,resnet50]",
    "axes.lr": "[0.01]",
    **{f"{study}.celeba.images": 60 for study in SHORT},
    **{f"{study}.gender.max_epochs": 1 for study in SHORT},
    **{f"{study}.{stage}.max_epochs": 2 for study, stages in SHORT.items() for stage in stages},
}


def typed(*words: str) -> str:
    command = [sys.executable, "-m", "orchestrator", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    runs = str(tmp_path_factory.mktemp("side"))
    few = [word for key, value in FEW.items() for word in ("--set", f"{key}={value}")]
    typed("submit", "grids/quickstart_side.yaml", "--runs", runs, *few)
    found: dict[str, Any] = json.loads(typed("report", "quickstart_side", "--runs", runs, "--json"))
    return found


def test_no_table_and_no_figure_is_left_out(report: dict[str, Any]) -> None:
    assert report["left_out"] == []


def test_every_score_is_measured(report: dict[str, Any]) -> None:
    scores = {"sgd", "fcn32", "end_to_end", "grid_decoder"}
    cells = {
        (table["id"], row["row"], cell["column"]): cell["value"]
        for table in report["tables"]
        for row in table["rows"]
        for cell in row["cells"]
        if table["id"] in scores
    }

    assert {identity for identity, _, _ in cells} == scores
    assert [place for place, value in cells.items() if value is None] == []
