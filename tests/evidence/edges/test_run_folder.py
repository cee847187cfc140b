import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Claim, Result
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.study.searches.opening import Asked
from orchestrator.study.shape import Shape
from orchestrator.study.trial import Trial

CLAIM = Claim(worker="w", job="local:h:1:2", host="h", time=0, code="c")
RESULT = Result(metrics={"loss": 0.5}, attempt=1, time=0, seconds=1, code="c")
TRIAL = Trial(
    id="abc", stage="s", task="toy.train", version=1, params={"x": 1}, seed=3, needs={}, axes={"x": 1}
)


def test_of_many_claimants_one_gets_the_attempt(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: folder.claim(1, CLAIM), range(32)))

    assert taken.count(True) == 1


def test_a_run_folder_stays_where_it_is_whoever_goes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert RunFolder(Path("runs")).trial(TRIAL).path == tmp_path / "runs/trials/ab/toy.train-abc"


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

    assert json.loads((tmp_path / "trials/ab/toy.train-abc/trial.json").read_text()) == {
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


def other(identity: str, **needs: str) -> Trial:
    return TRIAL.model_copy(update={"id": identity, "needs": needs})


def test_a_trial_of_an_older_run_folder_stays_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "trials/toy.train-abc").mkdir(parents=True)

    assert RunFolder(tmp_path).trial(TRIAL).path == tmp_path / "trials/toy.train-abc"


@pytest.fixture
def mixed(tmp_path: Path) -> RunFolder:
    """Give a run folder of which one half is older than folders by the digits of ids."""
    for path in ("toy.train-abc", "toy.train-0123", "ab/toy.train-abd", "cd/other-cdef", "cd/.gone"):
        (tmp_path / "trials" / path / "checkpoint.until-001").mkdir(parents=True)
    return RunFolder(tmp_path)


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [("", ["0123", "abc", "abd", "cdef"]), ("ab", ["abc", "abd"]), ("a", ["abc", "abd"]), ("abd", ["abd"])],
)
def test_trials_are_found_by_the_beginning_of_their_ids(
    mixed: RunFolder, beginning: str, expected: list[str]
) -> None:
    assert sorted(folder.id for folder in mixed.find(beginning)) == expected


@pytest.mark.parametrize("of", ["abc", "abd"])
@pytest.mark.parametrize("need", ["0123", "cdef"])
def test_what_a_trial_needs_is_found_however_both_lie(mixed: RunFolder, of: str, need: str) -> None:
    assert mixed.trial(other(of)).needed(need).id == need


def test_several_needs_are_found_together(mixed: RunFolder) -> None:
    found = mixed.trial(TRIAL).each_needed(["cdef", "0123", "abd"])

    assert [(identity, folder.id) for identity, folder in found.items()] == [
        ("cdef", "cdef"),
        ("0123", "0123"),
        ("abd", "abd"),
    ]


def test_one_of_several_needs_that_is_gone_is_told(mixed: RunFolder) -> None:
    with pytest.raises(FileNotFoundError, match="needed trial cdee is not beside"):
        mixed.trial(TRIAL).each_needed(["cdef", "cdee"])


def test_a_need_that_is_gone_is_told(mixed: RunFolder) -> None:
    with pytest.raises(FileNotFoundError, match="needed trial 9999 is not beside"):
        mixed.trial(TRIAL).needed("9999")


@pytest.mark.parametrize("count", [1, 30])
def test_of_few_and_of_many_trials_those_that_are_there_are_found(tmp_path: Path, count: int) -> None:
    runs, trials = RunFolder(tmp_path), [other(f"ab{number:02d}") for number in range(2 * count)]
    for trial in trials[:count]:
        runs.trial(trial).path.mkdir(parents=True)

    assert runs.there(trials) == {trial.id for trial in trials[:count]}


def test_answers_that_were_drawn_together_are_read_one_by_one(tmp_path: Path) -> None:
    runs, more = RunFolder(tmp_path), ({"lr": 2}, {"lr": 3})
    runs.publish_answer("key", Asked(number=1, params={"lr": 1}, more=more))
    runs.publish_answer("key", Asked(number=4, params={"lr": 4}))

    assert [(one.number, one.params["lr"]) for one in runs.asked("key")] == [(n, n) for n in (1, 2, 3, 4)]


def test_known_answers_are_not_read_again(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    for number in (1, 2):
        runs.publish_answer("key", Asked(number=number, params={}))
    known = runs.asked("key")
    runs.ask_file("key", 1).unlink()

    assert runs.asked("key", known) == known


def test_what_a_trial_asks_for_is_no_part_of_it(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    folder.describe(TRIAL.model_copy(update={"shape": Shape(gpus=2)}))

    assert "shape" not in json.loads((tmp_path / "trial.json").read_text())
