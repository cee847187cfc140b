from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tasks.parts.context import Context, FolderContext, asking


def test_logged_lines_come_back(tmp_path: Path) -> None:
    context: Context = FolderContext(root=tmp_path, data=tmp_path)
    context.log({"val_iou": 0.5}, step=2)
    assert FolderContext(root=tmp_path, data=tmp_path).logged() == [{"step": 2, "val_iou": 0.5}]


def test_folders_are_made(tmp_path: Path) -> None:
    context = FolderContext(root=tmp_path / "new", data=tmp_path)
    assert context.checkpoint.is_dir()
    assert context.artifact("a.png").parent.is_dir()


def test_by_hand_the_project_is_the_current_folder(tmp_path: Path) -> None:
    assert FolderContext(root=tmp_path, data=tmp_path).code == Path.cwd()


def test_unknown_need_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="weights"):
        FolderContext(root=tmp_path, data=tmp_path).need("weights")


@dataclass(frozen=True)
class Fold:
    trial: str
    axes: Mapping[str, Any]
    artifacts: Path
    metrics: Mapping[str, float]


def test_what_is_given_by_hand_as_gathered_is_handed_on(tmp_path: Path) -> None:
    folds = [Fold(trial="a", axes={"fold": 0}, artifacts=tmp_path, metrics={"acc": 0.5})]
    context: Context = FolderContext(root=tmp_path, data=tmp_path, gathered={"folds": folds})

    assert context.members("folds") == folds


def test_nobody_asks_to_stop_by_default(tmp_path: Path) -> None:
    assert FolderContext(root=tmp_path, data=tmp_path).should_stop() is False


def test_an_evaluation_ends_at_the_batch_before_which_it_is_told_to_stop(tmp_path: Path) -> None:
    answers = iter([False, False, True])
    context, seen = FolderContext(root=tmp_path, data=tmp_path, stop=answers.__next__), []
    with pytest.raises(InterruptedError, match="after 2 of its batches"):
        seen.extend(asking(context, "abc"))
    assert seen == ["a", "b"]
