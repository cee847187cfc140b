import json
import shutil
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.removable import Leftover
from orchestrator.verbs.cleaning import removable_table, remove_all
from tests.toy_fixture import Toy
from tests.verbs.conftest import Type

STUDY = """\
study: s
axes: {lr: [0.1, 0.2]}
stages:
  a: {task: toy.train, over: [lr]}
  b: {task: toy.train, over: [lr], params: {steps: 3}, keep: [checkpoint]}
"""


@pytest.fixture
def left(before: Type) -> list[Path]:
    """Give what a study of an older version has left: the checkpoint and the work folder of one trial."""
    trial = next(path.parent for path in sorted(Path("runs/trials").glob("toy.train-*/result.json")))
    folders = [trial / "checkpoint", trial / "attempts/001/work"]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "file").write_text("x")
    for path in Path("runs").glob("trials/*/checkpoint*"):
        if path not in folders:
            shutil.rmtree(path)
    return folders


def test_the_list_removes_nothing_and_says_how(before: Type, left: list[Path]) -> None:
    done = before("clean", "before")

    assert [line.split()[:3] for line in done.out.splitlines()[1:] if line.split()[1] != "code"][:2] == [
        ["train", "checkpoint", "1"],
        ["train", "work", "1"],
    ]
    assert done.err == ("nothing was removed\nnext: python -m orchestrator clean before --remove\n")
    assert all(folder.exists() for folder in left)


def test_what_is_listed_is_removed(before: Type, left: list[Path]) -> None:
    listed = json.loads(before("clean", "before", "--json").out)
    removed = json.loads(before("clean", "before", "--remove", "--json").out)

    assert removed == {**listed, "freed": listed["bytes"]}
    assert not any(Path(one["path"]).exists() for one in listed["removable"])


def test_only_what_is_meant_is_removed(before: Type, left: list[Path]) -> None:
    done = before("clean", "before", "--kind", "work", "--remove")

    assert done.err.endswith(" freed\n")
    assert [folder.exists() for folder in left] == [True, False]


def test_what_was_typed_is_typed_again(before: Type, left: list[Path]) -> None:
    done = before("clean", "before", "--kind", "work", "--kind", "checkpoint")

    assert done.err.endswith("orchestrator clean before --kind work --kind checkpoint --remove\n")


def test_nothing_to_remove_is_no_failure(before: Type) -> None:
    done = before("clean", "before", "--kind", "set-aside", "--remove")

    assert (done.code, done.out, done.err) == (0, "", "nothing of `before` can be removed\n")


def test_a_kind_that_there_is_not_is_told(before: Type) -> None:
    done = before("clean", "before", "--kind", "checkpoints")

    assert done.code == 2
    assert "hint: did you mean `checkpoint`?" in done.err


def test_what_cannot_be_removed_is_told_and_the_rest_goes(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    (tmp_path / "odd").touch()  # no folder any more
    (tmp_path / "half/deep").mkdir(parents=True)
    both = [Leftover(kind="work", path=path, owner="0", gone=True, size=7) for path in ("odd", "half")]
    removal = remove_all(runs, "s", both)

    assert (removal.freed, removal.failed) == (7, (f"- odd: Not a directory: {tmp_path / 'odd'}",))


def test_rows_are_sums() -> None:
    one = Leftover(kind="checkpoint", path="a", owner="0", stage="train", size=3 * 1024**3 // 2)
    table = removable_table([one, one, Leftover(kind="code", path="b", owner="1", size=1024**2)])
    cells = [list(column.cells) for column in table.columns]

    assert cells[0] == ["train", "·", "all"]
    assert cells[2:] == [["2", "1", "3"], ["3.0 GB", "1.0 MB", "3.0 GB"]]


@pytest.mark.slow
def test_a_study_that_was_cleaned_is_what_it_was(toy: Toy) -> None:
    toy.study(STUDY)
    toy.type("submit", "study.yaml")
    before, report = toy.trials("s"), toy.json("report", "s")
    listed = toy.json("clean", "s")
    (toy.folder / "more.txt").touch()
    toy.type("submit", "study.yaml")
    toy.type("clean", "study.yaml", "--remove")
    checkpoints = {path.parent.name for path in toy.folder.glob("runs/trials/*/*/checkpoint")}

    assert [(one["stage"], one["kind"]) for one in listed["removable"]] == [("a", "checkpoint")] * 2
    assert checkpoints == {f"toy.train-{trial['id']}" for trial in before if trial["stage"] == "b"}
    assert toy.trials("s") == before
    assert toy.json("report", "s") == report
    toy.type("submit", "study.yaml")
    assert toy.trials("s") == before
    assert toy.json("clean", "s")["removable"] == []
