import json
from pathlib import Path

import pytest

from tests.verbs.conftest import Type


def test_the_best_of_a_search_is_a_row(before: Type) -> None:
    said = before("best", "before", "sweep")
    header, _, row = [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.out.splitlines()]

    assert (said.code, said.err) == (0, "next: python -m orchestrator best before sweep --yaml\n")
    assert header == ["loss", "lr", "trial"]
    assert len(row[2]) == 16


def test_scripts_get_the_whole_numbers(before: Type) -> None:
    said = json.loads(before("best", "before", "sweep", "--json").out)
    (one,) = said["best"]
    rows = json.loads(before("results", "before", "--where", "stage=sweep", "--json").out)
    (row,) = [row for row in rows if row["trial"] in one["trials"]]

    assert (said["objectives"], said["over"]) == ([{"minimize": "loss"}], True)
    assert one["metrics"]["loss"] == row["loss"]
    assert one["params"]["lr"] == row["lr"]


def test_a_printed_file_trains_nothing_again(before: Type) -> None:
    said = before("best", "before", "sweep", "--yaml")
    Path("best.yaml").write_text(said.out)
    planned = json.loads(before("plan", "best.yaml", "--json").out)["trials"]
    best = json.loads(before("best", "before", "sweep", "--json").out)["best"]
    states = {one["stage"]: (one["id"], one["state"]) for one in planned}

    assert (said.code, said.err) == (0, "")
    assert states["sweep"] == (best[0]["trials"][0], "DONE")
    assert states["final"][1] == "DONE"  # it is handed the same parameters by the same trial


def test_a_grid_is_compared_by_what_is_asked(before: Type) -> None:
    (one,) = json.loads(before("best", "before", "train", "--minimize", "loss", "--json").out)["best"]

    assert one["params"] == {"lr": 0.4, "seed": 0}


def test_a_search_may_be_asked_for_another_metric(before: Type) -> None:
    (one,) = json.loads(before("best", "before", "sweep", "--maximize", "loss", "--json").out)["best"]
    (best,) = json.loads(before("best", "before", "sweep", "--json").out)["best"]

    assert one["metrics"]["loss"] > best["metrics"]["loss"]
    assert one["params"].keys() == {"lr"}


def test_a_grid_may_be_printed_too(before: Type) -> None:
    Path("best.yaml").write_text(before("best", "before", "train", "--minimize", "loss", "--yaml").out)
    planned = json.loads(before("plan", "best.yaml", "--json").out)["trials"]

    assert [one["state"] for one in planned if one["stage"] == "train"] == ["DONE"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("swep",), "error: there is no stage `swep`\nhint: did you mean `sweep`?\n"),
        (("train",), "error: nothing says which trial of `train` is best: it has no search, and no stage"),
        (
            ("failing", "--minimize", "loss"),
            "error: no trial of `failing` has a result yet\nhint: see how far",
        ),
        (
            ("sweep", "--minimize", "los"),
            "error: no trial of `sweep` has a finite `los`\nhint: there are `loss`",
        ),
        (
            ("sweep", "--minimize", "a", "--maximize", "b"),
            "error: --minimize and --maximize are two directions\n",
        ),
        (("sweep", "--yaml", "--json"), "error: --yaml and --json are two forms of one output\n"),
        (("sweep", "--minimize", ""), "error: the metric is empty\n"),
    ],
)
def test_what_cannot_be_said_ends_with_2(before: Type, words: tuple[str, ...], message: str) -> None:
    said = before("best", "before", *words)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(message)


def test_a_stage_that_the_file_lost_is_told(before: Type) -> None:
    Path("runs/studies/before/given.yaml").write_text("study: before\nstages: {train: {task: toy.train}}\n")
    said = before("best", "before", "sweep", "--yaml")

    assert (said.code, said.out) == (2, "")
    assert "is not what was submitted any more: it has no stage `sweep`" in said.err


def test_a_task_that_is_another_one_is_told(before: Type) -> None:
    Path("toy.py").write_text(Path("toy.py").read_text() + "\nVERSION = 2\n")
    said = before("best", "before", "sweep", "--yaml")

    assert said.code == 0
    assert said.err.startswith("note: submitted, it trains `")
