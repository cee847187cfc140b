import json
import subprocess

import pytest

from tests.toy_fixture import Toy
from tests.waiting import wait

SCRIPT = """
import argparse, json, os, pathlib, sys, time
import helper

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
parser.add_argument("--seed", type=int, required=True)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--output-dir", required=True)
parser.add_argument("--resume")
parser.add_argument("--held", action="store_true")
words = parser.parse_args()
first = json.loads(pathlib.Path(words.resume).read_text())["epoch"] + 1 if words.resume else 0
print("first epoch", first)
for epoch in range(first, words.epochs):
    print(f"epoch {epoch} val acc: {words.lr * (epoch + 1) * helper.one:.3f}")
    new = pathlib.Path(words.output_dir, "checkpoint.new")
    new.write_text(json.dumps({"epoch": epoch}))
    new.replace(new.with_suffix(".json"))
    while words.held and not pathlib.Path(words.output_dir).parents[4].joinpath("go").exists():
        time.sleep(0.02)
"""
STUDY = """
study: scripts
axes: {lr: [0.1, 0.2], seed: [0, 1]}
stages:
  train:
    command: python train.py --lr ${lr} --seed ${seed} --output-dir ${checkpoint}
    resume: --resume ${checkpoint}/checkpoint.json
    metrics: {val_acc: 'val acc: ([0-9.]+)', first: 'first epoch (\\d+)'}
    over: [lr, seed]
"""
HELD = STUDY.replace("lr: [0.1, 0.2], seed: [0, 1]", "lr: [0.1], seed: [0]").replace(
    "--output-dir", "--held --output-dir"
)


@pytest.fixture
def scripts(toy: Toy) -> Toy:
    """Return a folder with a script of somebody who never heard of this project."""
    (toy.folder / "train.py").write_text(SCRIPT)
    (toy.folder / "helper.py").write_text("one = 1\n")
    toy.study(STUDY)
    return toy


def test_a_script_becomes_trials(scripts: Toy) -> None:
    scripts.type("submit", "study.yaml")

    results = [scripts.result(trial["id"])["metrics"]["val_acc"] for trial in scripts.trials("scripts")]
    assert results == [0.3, 0.3, 0.6, 0.6]


def test_a_script_that_was_stopped_goes_on_with_the_words_to_resume(scripts: Toy) -> None:
    scripts.study(HELD)
    submit = scripts.start("submit", "study.yaml")
    wait(lambda: list((scripts.folder / "runs").glob("trials/*/*/checkpoint/checkpoint.json")))
    submit.terminate()
    submit.wait()
    scripts.let_go()
    scripts.type("submit", "study.yaml")

    (trial,) = scripts.trials("scripts")
    assert scripts.result(trial["id"])["metrics"] == {"val_acc": 0.3, "first": 1.0}


def test_why_tells_the_command_as_it_can_be_typed_by_hand(scripts: Toy) -> None:
    scripts.type("submit", "study.yaml", "--set", "axes.lr=[0.1]", "--set", "axes.seed=[0]")
    (trial,) = scripts.trials("scripts")
    told = scripts.type("why", trial["id"]).stdout
    typed = next(line.split(": ", 1)[1] for line in told.splitlines() if "by hand" in line)

    done = subprocess.run(typed, shell=True, cwd=scripts.folder, capture_output=True, text=True, check=True)  # noqa: S602 - as somebody types it
    assert done.stdout == "first epoch 3\n"


def test_a_script_that_git_ignores_is_told_before_anything_is_queued(scripts: Toy) -> None:
    subprocess.run(["git", "init", "-q"], cwd=scripts.folder, check=True)
    (scripts.folder / ".gitignore").write_text("train.py\nruns\n")

    told = scripts.type("submit", "study.yaml", code=2).stderr
    assert "train runs `train.py`, which is not in the snapshot of the project" in told


def test_a_table_has_the_metrics_of_commands(scripts: Toy) -> None:
    scripts.type("submit", "study.yaml")

    assert "val_acc" in json.dumps(scripts.json("report", "scripts"))


AVERAGE = """
  mean:
    command: [python, -c, "${script}", "${need.folds}"]
    params:
      script: |
        import json, sys
        found = json.load(open(sys.argv[1]))
        print("mean", sum(one["metrics"]["val_acc"] for one in found) / len(found))
    needs: {folds: {stage: train, all: true}}
    metrics: {mean: 'mean ([0-9.]+)'}
  count:
    command: [python, -c, "import sys; print('found', len(sys.argv) - 1)", "${each.folds}/x"]
    needs: {folds: {stage: train, all: true}}
    metrics: {found: 'found ([0-9]+)'}
"""


def test_a_command_reads_the_trials_that_a_need_gathers_from_a_file(scripts: Toy) -> None:
    scripts.study(STUDY + AVERAGE)
    scripts.type("submit", "study.yaml")

    (trial,) = scripts.trials("scripts", "mean")
    assert scripts.result(trial["id"])["metrics"] == {"mean": pytest.approx(0.45)}
    (trial,) = scripts.trials("scripts", "count")
    assert scripts.result(trial["id"])["metrics"] == {"found": 4.0}
