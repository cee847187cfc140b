"""Whole studies on this machine, typed as a user types them."""

import os
import signal
import stat
from pathlib import Path

import pytest

from tests.toy_fixture import TASK, Toy, make_toy
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

GRID = """
study: grid
axes: {lr: [0.1, 0.2], seed: [0, 1]}
stages:
  train: {task: toy.train, over: [lr, seed]}
  use: {task: toy.use, over: [lr, seed], needs: {source: train}}
"""
SLOW = """
study: slow
axes: {lr: [0.1, 0.2]}
stages:
  train: {task: toy.train, over: [lr], params: {steps: 3, held: true}}
"""


NETWORKS = """
from pydantic import BaseModel


class Params(BaseModel):
    width: int = 1
    layers: list[int] | None = None
    size: int = 0


def train(params: Params, context) -> dict[str, float]:
    return {"weights": params.width * sum(params.layers or [1]), "size": params.size}
"""
ALL_KINDS = """
study: kinds
axes:
  model: {small: {width: 2, batch: 8}, large: {width: 4, batch: 4}}
  layers: [[64, 64], [128], null]
stages:
  train: {task: toy.train, over: [model, layers], params: {size: "${model.batch}"}}
  again: {task: toy.train, over: [model, layers], needs: {first: train}}
  few: {task: toy.train, include: [{width: 7, layers: [1, 2]}, {width: 8, layers: null}]}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give a trained study; it is only looked at."""
    toy = make_toy(tmp_path_factory.mktemp("trained"))
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    return toy


def test_a_study_is_trained_to_its_end(trained: Toy) -> None:
    assert trained.json("status", "grid")["states"] == {"DONE": 8}


def test_a_need_is_handed_over(trained: Toy) -> None:
    used = trained.trials("grid", "use")

    assert all(trained.result(trial["id"])["metrics"]["files"] == 1 for trial in used)


def test_axes_of_records_lists_and_null_are_trained_and_shown(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(NETWORKS)
    toy.study(ALL_KINDS)
    toy.type("submit", "study.yaml")
    shown = toy.type("report", "kinds").stdout
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()]

    assert ["small", "[64, 64]", "256", "8"] in rows
    assert ["large", "null", "4", "4"] in rows
    assert ["7", "[1, 2]", "21"] in rows
    assert len({trial["id"] for trial in toy.trials("kinds")}) == 14


def test_submitting_again_trains_nothing_again(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    toy.type("submit", "study.yaml")

    assert {trial["attempts"] for trial in toy.trials("grid")} == {1}


def test_another_study_file_in_the_project_is_no_other_code(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    (toy.folder / "other.yaml").write_text(GRID.replace("study: grid", "study: other"))

    assert "come from other code" not in toy.type("submit", "study.yaml").stderr


def test_a_stage_is_trained_again_beside_its_results(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    (toy.folder / "toy.py").write_text(TASK.replace("0.3", "0.4"))
    told = toy.type("submit", "study.yaml", "--fresh", "use").stderr
    toy.type("submit", "study.yaml")

    assert "note: results of train (4 of 4) come from other code: toy.py differs" in told
    assert len(list((toy.folder / "runs/trials").glob("*/toy.use-*/result.json"))) == 8
    assert {toy.result(trial["id"])["code"] for trial in toy.trials("grid", "use")} == {
        path.name for path in (toy.folder / "runs/studies/grid/code").iterdir() if path.is_dir()
    } - {toy.result(toy.trials("grid", "train")[0]["id"])["code"]}


def test_a_stage_is_trained_again_only_once_with_the_same_code(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml", "--fresh", "train")
    told = toy.type("submit", "study.yaml", "--fresh", "train").stderr

    assert "note: train has been trained again with this code already" in told
    assert {trial["attempts"] for trial in toy.trials("grid")} == {1}


def test_a_new_field_that_says_so_trains_nothing_again(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    field = "    held: bool = False\n    depth: int = Field(1, exclude_if=lambda depth: depth == 1)\n"
    (toy.folder / "toy.py").write_text(TASK.replace("    held: bool = False\n", field))

    assert toy.json("plan", "study.yaml")["to_do"] == 0
    assert toy.json("plan", "study.yaml", "--set", "train.depth=2")["to_do"] == 8


def test_two_studies_share_what_is_the_same(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    toy.study(
        GRID.replace("study: grid", "study: other")
        .replace("train", "learn")
        .replace("toy.learn", "toy.train")
    )
    toy.type("submit", "study.yaml")

    assert len(list((toy.folder / "runs/trials").glob("*/*"))) == 8


def test_a_point_removed_from_the_file_keeps_its_result(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml")
    toy.study(GRID.replace("[0.1, 0.2]", "[0.1]"))
    toy.type("submit", "study.yaml")

    assert toy.json("status", "grid")["states"] == {"DONE": 4}
    assert len(list((toy.folder / "runs/trials").glob("*/*/result.json"))) == 8


def test_plan_counts_what_is_done(toy: Toy) -> None:
    toy.study(GRID)
    toy.type("submit", "study.yaml", "--only", "train")

    assert [
        (row["stage"], row["trials"], row["done"]) for row in toy.json("plan", "study.yaml")["stages"]
    ] == [
        ("train", 4, 4),
        ("use", 4, 0),
    ]


def test_plan_is_told_to_scripts(toy: Toy) -> None:
    toy.study(
        "study: p\naxes: {lr: [0.1, 0.2]}\nshapes: {big: {gpus: 2, time: 20h}}\n"
        "stages:\n  train: {task: toy.train, over: [lr], shape: big}\n"
    )
    stage = toy.json("plan", "study.yaml")["stages"][0]

    assert {key: stage[key] for key in ("stage", "task", "trials", "done", "shape", "gpu_hours")} == {
        "stage": "train",
        "task": "toy.train",
        "trials": 2,
        "done": 0,
        "shape": "big",
        "gpu_hours": 80,
    }


def test_plan_counts_a_trial_of_two_stages_once_in_its_totals(toy: Toy) -> None:
    toy.study(
        "study: p\naxes: {lr: [0.1, 0.2]}\nstages:\n  a: {task: toy.train, over: [lr]}\n"
        "  b: {task: toy.train, over: [lr]}\n"
        "  c: {task: toy.use, needs: {x: {stage: a, best: {minimize: loss}}}}\n"
    )
    plan = toy.json("plan", "study.yaml")

    assert [(row["trials"], row["undecided"]) for row in plan["stages"]] == [(2, 0), (2, 0), (1, 1)]
    assert (plan["planned"], plan["undecided"], plan["to_do"]) == (3, 1, 3)


def test_a_search_asks_and_its_best_goes_on(toy: Toy) -> None:
    toy.study("""
study: search
stages:
  sweep:
    task: toy.train
    search: {sampler: tpe, trials: 5, space: {lr: {low: 0.01, high: 1.0}}, objective: {minimize: loss}}
  final: {task: toy.use, needs: {source: {stage: sweep, best: loss}}}
""")
    toy.type("submit", "study.yaml")
    losses = {
        trial["params"]["lr"]: toy.result(trial["id"])["metrics"]["loss"]
        for trial in toy.trials("search", "sweep")
    }

    assert len(losses) == 5
    assert toy.trials("search", "final")[0]["params"]["lr"] == min(losses, key=losses.__getitem__)


def test_failed_trials_are_told_and_tried_again_on_request(toy: Toy) -> None:
    toy.study("study: f\nstages:\n  bad: {task: toy.train, params: {fail: true}}\n")
    failed = toy.type("submit", "study.yaml", code=1)
    identity = toy.trials("f")[0]["id"]
    story = toy.type("why", identity[:8]).stderr
    (toy.folder / "toy.py").write_text(
        (toy.folder / "toy.py").read_text().replace("if params.fail", "if False")
    )
    toy.type("retry", identity[:8])
    toy.type("submit", "study.yaml")

    assert "asked to fail" in failed.stderr
    assert "python -m orchestrator retry" in story
    assert toy.trials("f")[0]["attempts"] == 2


def test_workers_run_the_code_as_it_was_at_submit(toy: Toy) -> None:
    toy.study(SLOW)
    submit = toy.start("submit", "study.yaml")
    toy.saved()
    (toy.folder / "toy.py").write_text("broken(")
    toy.let_go()

    assert submit.wait(PATIENCE_S) == 0


def test_a_killed_worker_loses_nothing(toy: Toy) -> None:
    toy.study(SLOW)
    submit = toy.start("submit", "study.yaml")
    toy.saved(2)
    submit.kill()
    for started in (toy.folder / "runs").glob("studies/slow/jobs/*/started-*"):
        os.kill(int(started.read_text().split(":")[2]), signal.SIGKILL)
    submit.wait()
    toy.let_go()
    toy.type("submit", "study.yaml")
    results = [toy.result(trial["id"]) for trial in toy.trials("slow")]

    assert [result["attempt"] for result in results] == [2, 2]
    assert all(result["metrics"]["first"] > 0 for result in results)


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(toy: Toy) -> None:
    toy.study(SLOW)
    submit = toy.start("submit", "study.yaml")
    toy.saved(2)
    submit.send_signal(signal.SIGINT)
    code = submit.wait(PATIENCE_S)
    states = toy.json("status", "slow")["states"]
    toy.let_go()
    toy.type("submit", "study.yaml")

    assert (code, states) == (130, {"INTERRUPTED": 2})
    assert all(toy.result(trial["id"])["metrics"]["first"] > 0 for trial in toy.trials("slow"))


def test_a_cancelled_study_stays_so_until_it_is_submitted_again(toy: Toy) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--detach")
    toy.saved(2)
    toy.type("cancel", "slow")
    toy.wait(lambda: toy.json("status", "slow")["states"] == {"CANCELLED": 2})
    toy.let_go()
    toy.type("submit", "study.yaml")

    assert toy.json("status", "slow")["states"] == {"DONE": 2}


@pytest.mark.parametrize("verb", ["status", "report", "cancel", "advance", "watch"])
def test_an_unknown_study_is_a_user_mistake(toy: Toy, verb: str) -> None:
    assert "no study `nope`" in toy.type(verb, "nope", code=2).stderr


def test_nothing_is_written_for_a_bad_study(toy: Toy) -> None:
    toy.study(GRID.replace("toy.use", "toy.usw"))
    toy.type("submit", "study.yaml", code=2)

    assert not (toy.folder / "runs").exists()


def test_a_run_folder_that_is_a_file_is_a_user_mistake(toy: Toy) -> None:
    toy.study(GRID)

    assert "is a file" in toy.type("submit", "study.yaml", "--runs", "toy.py", code=2).stderr


def test_a_folder_that_cannot_be_written_is_told_without_traceback(toy: Toy) -> None:
    toy.study(GRID)
    (toy.folder / "runs").mkdir()
    (toy.folder / "runs/studies").write_text("in the way")

    assert "Not a directory: `" in toy.type("submit", "study.yaml", code=1).stderr


def test_logs_are_what_the_trial_printed(trained: Toy) -> None:
    identity = trained.trials("grid", "train")[0]["id"]

    assert trained.type("logs", identity).stdout == "trained with 0.1 seed 0\n"


def test_a_name_that_leads_out_of_the_artifacts_is_refused(toy: Toy, tmp_path: Path) -> None:
    (toy.folder / "toy.py").write_text(
        (toy.folder / "toy.py")
        .read_text()
        .replace('artifact("steps.txt")', 'artifact("../../../escaped.txt")')
    )
    toy.study("study: e\nstages:\n  a: {task: toy.train}\n")
    toy.type("submit", "study.yaml", code=1)

    assert not list(tmp_path.rglob("escaped.txt"))


def test_a_wrong_report_file_is_told_before_anything_is_trained(toy: Toy) -> None:
    (toy.folder / "tables.yaml").write_text(
        "tables: [{id: t, title: T, stage: train, rows: [], columns: []}]\n"
    )
    toy.study(GRID + "report: tables.yaml\n")
    told = toy.type("submit", "study.yaml", code=2).stderr

    assert f"{toy.folder / 'tables.yaml'}:1: tables[0].rows" in told
    assert not (toy.folder / "runs").exists()


def test_a_search_for_a_metric_that_no_trial_gives_ends_at_once_and_says_so(toy: Toy) -> None:
    toy.study(
        """
study: typo
stages:
  sweep:
    task: toy.train
    search:
      {trials: 30, parallel: 1, space: {lr: {low: 0.1, high: 1}}, objective: {minimize: los}}
  final: {task: toy.use, needs: {source: {stage: sweep, best: los}}}
"""
    )
    told = toy.type("submit", "study.yaml", code=1).stderr

    assert "has no metric `los`; it has `loss`, `first`; did you mean `loss`?" in told
    assert toy.json("status", "typo")["states"] == {"DONE": 1}


def test_nothing_is_open_to_strangers_though_a_module_opens_the_umask(tmp_path: Path) -> None:
    toy = make_toy(tmp_path, "import os\nos.umask(0)\n" + TASK)
    toy.study("study: open\naxes: {lr: [0.1]}\nstages: {train: {task: toy.train, over: [lr]}}\n")
    toy.type("submit", "study.yaml")
    made = [path for path in (toy.folder / "runs").rglob("*") if path.lstat().st_mode & stat.S_IWOTH]

    assert [path for path in made if not path.is_symlink() and path.name != "steps.txt"] == []
