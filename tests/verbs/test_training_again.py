import pytest

from tests.toy_fixture import TASK as RESUMED
from tests.toy_fixture import Toy
from tests.verbs.test_reproducing import STUDY, TASK, USE, begin
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow


def test_it_is_trained_in_a_folder_of_its_own_once(toy: Toy) -> None:
    begin(toy)
    told = toy.type("reproduce", "toy", "train:0.2/loss").stderr
    again = toy.type("reproduce", "train:0.2/loss").stderr
    anew = toy.type("reproduce", "train:0.2/loss", "--again").stderr
    results = list((toy.folder / "runs/reproduced").glob("toy/train-*/trials/*/*/result.json"))

    assert len(results) == 2
    assert [text.count("training with code") for text in (told, again, anew)] == [1, 0, 1]
    assert "trained again before; --again removes that" in again


def test_each_trial_is_trained_with_the_code_that_made_it(toy: Toy) -> None:
    begin(toy)
    old = TASK.replace("(context.seed + 1)", "(context.seed + 10)").replace("params.by *", "3 * params.by *")
    begin(toy, old, STUDY + USE)
    (toy.folder / "toy.py").write_text("raise RuntimeError('edited since')\n")
    found = toy.json("reproduce", "use:0.1/product")

    assert found["reproduced"]
    assert len({one["code"] for one in found["trials"]}) == 2
    assert found["after"] == pytest.approx(0.6)


def test_one_that_was_stopped_goes_on(toy: Toy) -> None:
    held = "study: toy\nstages: {train: {task: toy.train, params: {lr: 0.1, held: true}}}\n"
    (toy.folder / "toy.py").write_text(RESUMED.replace(', "first": float(first)', ""))
    toy.study(held)
    toy.let_go()
    toy.type("submit", "study.yaml")
    fresh = toy.folder / "runs/reproduced/toy"
    typed = toy.start("reproduce", "train:loss/value")
    toy.wait(lambda: list(fresh.glob("*/trials/*/*/checkpoint/step")))
    typed.terminate()

    assert typed.wait(PATIENCE_S) == 143
    (fresh / "go").touch()
    assert toy.json("reproduce", "train:loss/value")["trials"][0]["metrics"]["loss"]["within"]


def test_a_trial_that_fails_now_is_told(toy: Toy) -> None:
    task = TASK.replace(
        '    return {"loss"', "    (context.data / 'there').read_text()\n    return {\"loss\""
    )
    (toy.folder / "data").mkdir()
    (toy.folder / "data/there").touch()
    begin(toy, task)
    (toy.folder / "data/there").unlink()
    done = toy.type("reproduce", "train:0.1/loss", code=1)

    assert "train lr=0.1 seed=0 failed when it was trained again" in done.stderr
    assert "hint: python -m orchestrator why " in done.stderr


def test_trials_without_a_result_are_left_out(toy: Toy) -> None:
    task = TASK.replace("    context.artifact", "    assert context.seed == 0\n    context.artifact")
    (toy.folder / "toy.py").write_text(task)
    toy.study(STUDY)
    toy.type("submit", "study.yaml", code=1)
    done = toy.type("reproduce", "train:0.1/loss")

    assert "note: 1 of the 2 trials of the cell have no result, and are left out" in done.stderr
