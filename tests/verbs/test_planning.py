import json
from pathlib import Path

from tests.toy_fixture import TASK
from tests.verbs.conftest import Type


def test_a_plan_counts_the_trials_of_each_stage(type_: Type, path: Path) -> None:
    done = type_("plan", str(path))
    lines = [line.split() for line in done.out.splitlines()]

    assert done.code == 0
    assert lines[2][:4] == ["train", "tests.toy_tasks.train", "2", "2"]


def test_a_plan_lists_its_trials_before_anything_runs(type_: Type, path: Path) -> None:
    done = type_("plan", str(path), "--list")

    assert done.code == 0
    assert [line.split()[1:3] for line in done.out.splitlines()] == [
        ["READY", "data"],
        ["WAITING", "train"],
        ["READY", "train"],
    ]


def test_a_list_says_how_many_trials_are_still_to_come(before: Type) -> None:
    said = before("plan", "study.yaml", "--list", "--runs", "other")

    assert "note: 2 trials of stage sweep are not decided yet, and not listed\n" in said.err
    assert [line.split()[2] for line in said.out.splitlines()] == ["train"] * 4 + ["failing"]


def test_a_plan_is_whole_where_there_is_no_terminal(before: Type) -> None:
    task = "t" * 160
    Path(f"{task}.py").write_text(Path("toy.py").read_text())
    Path("s.yaml").write_text(f"study: s\nstages: {{a: {{task: {task}.train}}}}\n")

    assert before("plan", "s.yaml").out.splitlines()[1].split()[1:3] == [f"{task}.train", "1"]


def test_a_plan_names_what_is_missing_and_what_nothing_uses(type_: Type, path: Path) -> None:
    told = type_("plan", str(path)).err

    assert f"note: {path}:2" in told
    assert "note: not found, needed before anything is trained" in told


def test_a_plan_writes_nothing(type_: Type, path: Path) -> None:
    type_("plan", str(path))

    assert not Path("runs").exists()


def test_a_plan_of_what_can_do_without_what_is_missing(type_: Type, path: Path) -> None:
    told = json.loads(type_("plan", str(path), "--skip-missing-data", "--json").out)

    assert (told["study"], told["planned"], told["skipped"], told["to_do"]) == ("toy", 3, 3, 0)


def test_a_plan_says_how_much_disk_it_takes(type_: Type) -> None:
    Path("toy.py").write_text(TASK + "\n\ndef disk(params):\n    return 2**20 * params.steps\n")
    Path("s.yaml").write_text(
        "study: s\naxes: {lr: [0.1, 0.2]}\nstages: {a: {task: toy.train, over: [lr]}}\n"
    )
    told = json.loads(type_("plan", "s.yaml", "--json").out)

    assert (told["disk"], told["disk_unknown"], told["stages"][0]["disk"]) == (2**22, [], 2**22)
    assert type_("plan", "s.yaml").out.splitlines()[0].endswith("disk")


def test_a_plan_does_not_fail_for_a_size(type_: Type) -> None:
    Path("toy.py").write_text(TASK + "\n\ndef disk(params):\n    return params.stepz\n")
    Path("s.yaml").write_text("study: s\nstages: {a: {task: toy.train}}\n")
    done = type_("plan", "s.yaml")

    assert done.code == 0
    assert "note: `toy.disk` failed for stage `a`: AttributeError" in done.err


def test_a_plan_ends_with_the_submit_of_the_same(before: Type) -> None:
    said = before("plan", "study.yaml", "--set", "axes.seed=[0]", "--runs", "other")

    assert said.err.splitlines()[-1] == (
        "next: python -m orchestrator submit study.yaml --set 'axes.seed=[0]' --runs other"
    )


def test_scripts_are_not_told_what_to_type_next(before: Type) -> None:
    assert "next:" not in before("plan", "study.yaml", "--json").err
