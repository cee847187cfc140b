"""A study that this machine drives, and what is typed meanwhile."""

import pytest

from tests.toy_fixture import Toy
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

HELD = "study: s\naxes: {lr: [0.1, 0.2]}\nstages:\n  a: {task: toy.train, over: [lr], params: {held: true}}\n"


def launches(toy: Toy) -> int:
    return len(list((toy.folder / "runs/studies/s/jobs").iterdir()))


def test_a_submit_follows_the_one_that_changes_the_study_meanwhile(toy: Toy) -> None:
    toy.study(HELD.replace("[0.1, 0.2]", "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]").replace("true", "true, wait: 0.6"))
    first = toy.start("submit", "study.yaml")
    toy.saved(2)
    toy.study(HELD.replace("[0.1, 0.2]", "[0.7, 0.8]"))
    toy.type("submit", "study.yaml", "--detach")
    toy.let_go()

    assert first.wait(PATIENCE_S) == 0
    assert "a newer `submit` has changed `s`" in (toy.folder / "typed.log").read_text()
    assert [trial["params"]["lr"] for trial in toy.trials("s")] == [0.7, 0.8]
    assert launches(toy) <= 4


def test_a_submit_follows_one_of_other_code_too(toy: Toy) -> None:
    toy.study(HELD)
    first = toy.start("submit", "study.yaml")
    toy.saved(2)
    (toy.folder / "toy.py").write_text((toy.folder / "toy.py").read_text() + "\n# changed\n")
    toy.type("submit", "study.yaml", "--detach")
    toy.let_go()

    assert first.wait(PATIENCE_S) == 0
    assert toy.json("status", "s")["states"] == {"DONE": 2}


def test_two_that_drive_one_study_both_end_with_it(toy: Toy) -> None:
    toy.study(HELD)
    first = toy.start("submit", "study.yaml")
    toy.saved(2)
    second = toy.start("submit", "study.yaml")
    toy.let_go()

    assert [one.wait(PATIENCE_S) for one in (first, second)] == [0, 0]
    assert {trial["attempts"] for trial in toy.trials("s")} == {1}


def test_a_submit_ends_with_what_became_of_a_study_that_is_cancelled_elsewhere(toy: Toy) -> None:
    toy.study(HELD)
    submit = toy.start("submit", "study.yaml")
    toy.saved(2)
    toy.type("cancel", "s")

    assert submit.wait(PATIENCE_S) == 0
    assert (toy.folder / "typed.log").read_text().splitlines()[-2].split() == ["a", "2", "2"]
    assert "a has ended: 2 cancelled" in (toy.folder / "typed.log").read_text()
