import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.core.evidence import Claim, Result
from orchestrator.core.plan import Asked
from orchestrator.core.trial import Trial
from orchestrator.edges.store import (
    RunFolder,
    TrialFolder,
    last_line,
    publish,
    read_lines,
    read_stored,
    write_beside,
)
from orchestrator.errors import InternalEvidenceError

CLAIM = Claim(worker="w", job="local:h:1:2", host="h", time=0, code="c")
RESULT = Result(metrics={"loss": 0.5}, attempt=1, time=0, seconds=1, code="c")
TRIAL = Trial(
    id="abc", stage="s", task="toy.train", version=1, params={"x": 1}, seed=3, needs={}, axes={"x": 1}
)


def test_the_first_writer_wins(tmp_path: Path) -> None:
    assert [publish(tmp_path / "a", "first"), publish(tmp_path / "a", "late")] == [True, False]
    assert (tmp_path / "a").read_text() == "first"


def test_nothing_is_left_beside_a_file(tmp_path: Path) -> None:
    write_beside(tmp_path / "a", "1")
    publish(tmp_path / "a", "2")

    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_of_many_claimants_one_gets_the_attempt(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: folder.claim(1, CLAIM), range(32)))

    assert taken.count(True) == 1


def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text('{"step": 1}\n{"step": 2}\n{"st')

    assert [line["step"] for line in read_lines(tmp_path / "m.jsonl")] == [1, 2]


def test_the_last_whole_line_counts(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text('{"step": 1}\n' * 5000 + '{"step": 2}\n{"st')

    assert last_line(tmp_path / "m.jsonl") == {"step": 2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        ('{"metrics": {"a"', "it is no whole JSON"),
        ("[]", "it does not hold a mapping"),
        ('{"metrics": "none"}', "metrics: `none` is text, but must be a mapping"),
        ('{"format": 2}', "format: it is of format 2, and this version of the program reads format 1"),
    ],
)
def test_a_file_that_was_damaged_is_told_with_its_path(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "result.json").write_text(text)

    with pytest.raises(InternalEvidenceError, match=rf"result\.json is damaged: .*{told}"):
        read_stored(tmp_path / "result.json", Result)


def test_a_result_of_another_trial_is_told(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path / "toy-abc")
    folder.publish_result(RESULT.model_copy(update={"trial": "def"}))

    with pytest.raises(InternalEvidenceError, match="it is the result of trial def"):
        folder.read_result()


def test_nan_metrics_survive(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    folder.publish_result(RESULT.model_copy(update={"metrics": {"loss": float("nan")}}))

    result = folder.read_result()

    assert result is not None
    assert math.isnan(result.metrics["loss"])


def test_a_later_attempt_replaces_metrics_of_the_same_step(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    for number, loss in ((1, 0.9), (2, 0.8)):
        folder.claim(number, CLAIM)
        line = {"step": 5, "time": 0, "metrics": {"loss": loss}}
        (folder.attempt(number) / "metrics.jsonl").write_text(json.dumps(line) + "\n")

    assert folder.metrics() == {5: {"loss": 0.8}}


def test_a_trial_is_described_without_its_place_in_a_study(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path).trial(TRIAL)
    folder.describe(TRIAL)

    assert json.loads((tmp_path / "trials/toy.train-abc/trial.json").read_text()) == {
        "format": 1,
        "id": "abc",
        "task": "toy.train",
        "version": 1,
        "params": {"x": 1},
        "seed": 3,
        "needs": {},
    }


def test_answers_of_a_search_are_read_without_gaps(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    for number in (1, 2, 4):
        runs.publish_answer("key", Asked(number=number, params={"lr": number}))

    assert [answer.number for answer in runs.asked("key")] == [1, 2]
