import json
from pathlib import Path

import pytest

from orchestrator.engine.starter import Advanced
from orchestrator.evidence.judge import judge
from orchestrator.study.plan import Plan
from orchestrator.verbs.submitting import hindrances
from tests.tracked_study import face_study
from tests.verbs.conftest import Type

ANY = face_study()
NOTHING = judge(Plan(study="s", trials=(), openings=(), undecided={}), {})


def test_missing_data_is_refused(type_: Type, path: Path) -> None:
    done = type_("submit", str(path))

    assert done.code == 2
    assert "nothing was queued" in done.err
    assert not Path("runs").exists()


def test_mistakes_of_the_file_are_told(type_: Type, path: Path) -> None:
    done = type_("submit", str(path), "--set", "train.epohs=3")

    assert done.code == 2
    assert "did you mean `epochs`?" in done.err


def test_a_misspelt_table_is_told_before_anything_is_trained(before: Type) -> None:
    Path("tables.yaml").write_text(
        "tables:\n"
        "- {id: t, title: T, stage: trian, metric: loss, rows: [{over: [zz]}], columns: [{label: x}]}\n"
    )
    with Path("study.yaml").open("a") as study:
        study.write("report: tables.yaml\n")
    done = before("submit", "study.yaml", "--runs", "other")

    assert done.code == 2
    assert "no stage `trian`" in done.err
    assert "no axis `zz`" in done.err
    assert not Path("other").exists()


def test_a_study_that_is_over_is_not_trained_again(before: Type) -> None:
    done = before("submit", "study.yaml")

    assert done.code == 1
    assert "failing" in done.out
    assert done.err.endswith(
        "error: 1 trial of `before` failed\nhint: mend the cause, then python -m orchestrator retry before\n"
    )


def test_what_was_typed_is_typed_again(before: Type) -> None:
    before("submit", "study.yaml", "--set", "axes.seed=[0]", "--only", "train")

    assert json.loads(Path("runs/studies/before/study.json").read_text())["words"] == [
        *("--set", "axes.seed=[0]", "--only", "train"),
    ]


def test_a_study_that_is_done_ends_with_0(before: Type) -> None:
    done = before("submit", "study.yaml", "--only", "train", "--json")

    assert done.code == 0
    assert json.loads(done.out)["states"] == {"DONE": 4}


@pytest.mark.parametrize(
    ("advanced", "first"),
    [
        (Advanced(submission=ANY, seen=NOTHING), ""),
        (Advanced(submission=ANY, seen=NOTHING, hindrance="silent"), "note: silent"),
        (
            Advanced(submission=ANY, seen=NOTHING, waiting=3, hindrance="full"),
            "3 workers wait for room in the queue: full",
        ),
    ],
    ids=["nothing", "silent", "full"],
)
def test_what_hinders_is_told(advanced: Advanced, first: str) -> None:
    assert "\n".join(hindrances(advanced)).partition("\n")[0] == first
