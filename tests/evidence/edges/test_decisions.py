from pathlib import Path

import pytest

from orchestrator.evidence.decision import Decision
from orchestrator.evidence.edges.decisions import PRUNING, read_decisions, read_standing, record
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Exit

NO = Decision(step=1, value=float("nan"), prune=False, attributes={"completed_rung_0": 0.25})
YES = Decision(step=2, value=0.5, prune=True, pruner="median", metric="loss", against={"a" * 16: 7})


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    folder = TrialFolder(tmp_path / "toy-0000000000000000")
    folder.attempt(1).mkdir(parents=True)
    return folder


def test_decisions_are_read_as_they_were_recorded(folder: TrialFolder) -> None:
    record(folder.attempt(1), NO)
    record(folder.attempt(1), YES)

    assert repr(list(read_decisions(folder.attempt(1)))) == repr([NO, YES])  # a NaN is a NaN


def test_a_torn_line_and_a_foreign_one_are_passed_over(folder: TrialFolder) -> None:
    (folder.attempt(1) / PRUNING).write_text('{"step": 1}\n')
    record(folder.attempt(1), YES)
    with (folder.attempt(1) / PRUNING).open("a") as file:
        file.write('{"format": 1, "step": 3, "val')

    assert list(read_decisions(folder.attempt(1))) == [YES]


def test_a_trial_stands_where_its_files_say(folder: TrialFolder) -> None:
    record(folder.attempt(1), YES)
    before = read_standing(folder)
    ended = Exit(outcome="pruned", time=1, seconds=1)
    (folder.attempt(1) / "exit.json").write_text(ended.model_dump_json())
    (folder.attempt(1) / "forgiven").touch()

    assert (before.pruned, read_standing(folder).spared) == (YES, True)
