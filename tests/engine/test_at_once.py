"""Several programs that submit one study at the same moment."""

import json
from collections.abc import Sequence

import pytest

from tests.engine.queue_programs import Queue, make_queue
from tests.toy_fixture import Toy
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

STUDY = "study: s\naxes: {lr: [0.1, 0.2, 0.3]}\nstages:\n  a: {task: toy.train, over: [lr]}\n"
SUBMIT = ("submit", "study.yaml", "--cluster", "fake.yaml")
WHOLE = ["sentinel", "workers", "workers", "workers"]


@pytest.fixture
def queue(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = make_queue(toy, STUDY, monkeypatch)
    queue.does("before", "sleep 0.3")  # while one of them is at it, all others come along
    return queue


def type_at_once(toy: Toy, commands: Sequence[tuple[str, ...]]) -> list[int]:
    return [program.wait(PATIENCE_S) for program in [toy.start(*words) for words in commands]]


def test_six_submits_queue_nothing_twice(toy: Toy, queue: Queue) -> None:
    codes = type_at_once(toy, [SUBMIT] * 6)

    assert codes == [0] * 6, (toy.folder / "typed.log").read_text()
    assert queue.kinds(toy) == WHOLE


def test_two_submits_and_an_advance_queue_nothing_twice(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)
    queue.empty(used=3)
    type_at_once(toy, [SUBMIT, ("advance", "s"), SUBMIT])

    assert queue.kinds(toy) == WHOLE


def test_of_two_versions_at_once_one_wins_whole(toy: Toy, queue: Queue) -> None:
    toy.study(STUDY.replace("[0.1, 0.2, 0.3]", "[0.7]"), "other.yaml")
    type_at_once(toy, [SUBMIT, ("submit", "other.yaml", "--cluster", "fake.yaml")] * 2)
    folder = toy.folder / "runs/studies/s"
    stored = json.loads((folder / "study.json").read_text())
    lrs = {"study.yaml": [0.1, 0.2, 0.3], "other.yaml": [0.7]}[stored["given"].rpartition("/")[2]]

    assert (folder / "given.yaml").read_text() == stored["text"]
    assert [trial["params"]["lr"] for trial in toy.trials("s")] == lrs
    assert len(queue.kinds(toy)) >= 1 + len(lrs)


def test_workers_of_this_machine_are_not_started_twice(toy: Toy) -> None:
    toy.study(STUDY)
    type_at_once(toy, [("submit", "study.yaml", "--detach")] * 3)
    toy.done("s", 3)

    assert {trial["attempts"] for trial in toy.trials("s")} == {1}
