"""Results of other code: what `submit` says of them, and how a stage is trained again beside them."""

import json
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.study.fresh import Freshness
from orchestrator.verbs.code_changes import fresh_stages
from tests.tracked_study import face_study
from tests.verbs.conftest import Type


def test_old_results_are_told_with_the_ways_out(before: Type) -> None:
    told = before("submit", "study.yaml", "--only", "train").err

    assert "note: results of train (4 of 4) come from other code: what differs is not known" in told
    assert "submit study.yaml --only train --fresh train" in told.replace(f"{Path.cwd()}/", "")
    assert "or raise VERSION in its task's module (`toy`)" in told


def test_a_plan_counts_what_would_be_trained_again(before: Type) -> None:
    rows = json.loads(before("plan", "study.yaml", "--fresh", "train", "--json").out)["stages"]

    assert {row["stage"]: row["done"] for row in rows}["train"] == 0


def test_a_stage_that_is_not_there_is_told(before: Type) -> None:
    done = before("submit", "study.yaml", "--fresh", "trian")

    assert (done.code, "did you mean `train`?" in done.err) == (2, True)


def test_what_was_typed_before_holds(faces: RunFolder) -> None:
    submitted = face_study().model_copy(update={"fresh": {"gender": "c1"}})
    (faces.study("faces") / "study.json").write_text(submitted.model_dump_json())

    assert fresh_stages(faces, submitted.study, Freshness(), lambda: "c2") == {"gender": "c1"}


def test_a_submission_that_cannot_be_read_is_told(
    faces: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    (faces.study("faces") / "study.json").write_text("{")

    assert fresh_stages(faces, face_study().study, Freshness(), lambda: "c2") == {}
    assert "what `--fresh` was typed before is forgotten" in capsys.readouterr().err
