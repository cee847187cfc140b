import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.report.trial_rows import TrialRows
from orchestrator.verbs.exporting import _show
from tests.toy_fixture import environment
from tests.verbs.conftest import Said, Type


def test_every_trial_is_a_row_in_the_order_of_the_plan(before: Type) -> None:
    done = before("results", "before")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.out.splitlines()]

    assert done.code == 0
    assert rows[0][:6] == ["stage", "trial", "state", "lr", "seed", "steps"]
    assert [row[0] for row in rows[2:]] == ["train"] * 4 + ["sweep"] * 2 + ["final", "failing"]


def test_a_failed_trial_has_its_class_and_what_it_took(before: Type) -> None:
    (row,) = json.loads(before("results", "before", "--where", "state=failed", "--json").out)

    assert (row["failure"], row["attempts"], row["code"]) == ("unknown", 1, None)
    assert 0 < row["seconds"] < 1


def test_axes_choose_trials(before: Type) -> None:
    told = before("results", "before", "--where", "lr=0.4", "--where", "stage=train", "--csv").out

    assert [row["seed"] for row in csv.DictReader(told.splitlines())] == ["0", "1"]


@pytest.mark.parametrize("name", ["out/r.csv", "r.json", "r.md", "r.PARQUET"])
def test_the_ending_of_a_file_says_its_form(before: Type, name: str) -> None:
    said = before("results", "before", "--out", name)

    assert (said.code, said.out, said.err) == (0, "", f"8 trials written to {name}\n")
    assert Path(name).stat().st_size > 0


def test_a_form_that_is_typed_goes_before_the_ending(before: Type) -> None:
    before("results", "before", "--csv", "--out", "r.txt")

    assert Path("r.txt").read_text().startswith("stage,trial,")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--csv", "--json"), "error: --csv and --json are several forms of one output\n"),
        (("--parquet",), "error: Parquet is nothing to look at\nhint: name a file: --out FILE.parquet\n"),
        (("--out", "r.xlsx"), "error: the name of `r.xlsx` does not say in which form"),
        (("--out", "r"), "error: the name of `r` does not say in which form"),
        (
            ("--csv", "--out", "runs"),
            "error: `runs` is a folder\nhint: name a file in it: --out runs/",
        ),
        (("--where", "lr=9"), "error: --where lr=9: no trial has lr = 9\n"),
    ],
)
def test_what_cannot_be_given_ends_with_2(before: Type, words: tuple[str, ...], message: str) -> None:
    said = before("results", "before", *words)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(message)


def test_conditions_that_no_trial_meets_together_are_told(before: Type) -> None:
    said = before("results", "before", "--where", "state=lost", "--json")

    assert (said.code, said.out, said.err) == (0, "[]\n", "no trial is like that\n")


def test_a_study_that_began_nothing_has_rows_too(type_: Type, faces: RunFolder) -> None:
    assert len(json.loads(type_("results", "faces", "--json").out)) == 44


def on_terminal(*words: str) -> Said:
    """Type a command on a terminal of 80 columns."""
    terminal, inside = os.openpty()
    command = [sys.executable, "-m", "orchestrator", *words]
    size = {"COLUMNS": "80"}
    done = subprocess.run(
        command, stdout=inside, stderr=subprocess.PIPE, env=environment() | size, check=False, text=True
    )
    os.close(inside)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    return Said(done.returncode, shown.replace("\r\n", "\n"), done.stderr)


def test_a_terminal_is_shown_what_it_has_room_for(before: Type) -> None:
    said = on_terminal("results", "before")

    assert max(map(len, said.out.splitlines())) <= 80
    assert said.err.startswith("the same in all: attempts 1, gpu_hours 0\nno room for ")


def test_of_many_columns_without_room_a_few_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = tuple(f"metric_{place}" for place in range(30))
    rows = tuple({"stage": "train", **dict.fromkeys(names, row)} for row in range(2))
    _show(TrialRows(axes=(), params=(), metrics=names, rows=rows), 60)
    said = capsys.readouterr().err

    assert said.count("metric_") == 8
    assert " more columns: a wider terminal" in said
