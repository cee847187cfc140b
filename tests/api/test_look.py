from pathlib import Path
from typing import Any

import pytest

from orchestrator.api.look import chosen, named, values_of
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.record_file import write_beside
from tests.tracked_study import points, stage, submission

PRETRAIN = stage("pretrain", points(encoder=["a", "b"], seed=[0]))
SEGMENT = stage("segment", points(encoder=["a", "b"], dataset=["lfw"], seed=[0, 1]))


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    """Return a run folder with a study of two stages, of which nothing began."""
    folder = RunFolder(tmp_path / "runs")
    write_beside(folder.study("s") / "study.json", submission("s", PRETRAIN, SEGMENT).model_dump_json())
    return folder


@pytest.mark.parametrize(
    ("where", "only", "stages"),
    [
        (None, None, {"pretrain": 2, "segment": 4}),
        (None, "segment", {"segment": 4}),
        ({"encoder": "a"}, None, {"pretrain": 1, "segment": 2}),
        ({"encoder": ["a", "b"], "seed": 1}, None, {"segment": 2}),
        ({"dataset": "lfw"}, None, {"segment": 4}),
        ({"seed": "0"}, None, {}),
    ],
)
def test_trials_are_chosen_by_stage_and_axes_that_they_have(
    runs: RunFolder, where: dict[str, Any] | None, only: str | None, stages: dict[str, int]
) -> None:
    found = chosen(runs, "s", where, only).material.stages

    assert {name: len(seen) for name, seen in found.items() if seen} == stages


def test_one_name_may_be_given_alone() -> None:
    assert (named("lr"), named(("lr", "seed"))) == (["lr"], ["lr", "seed"])


def test_values_are_those_of_a_file() -> None:
    assert values_of({"lr": (0.1, 0.2)}) == {"lr": [0.1, 0.2]}
