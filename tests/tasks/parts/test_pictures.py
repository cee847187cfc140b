from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.pictures import Order

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Mask, Pixels

SIDES = (4, 6, 5)


def load(row: int) -> tuple[Pixels, tuple[Mask, ...]]:
    picture = np.full((SIDES[row % 3], 8, 3), row, dtype=np.uint8)
    return picture, (picture[..., 0] % 2 == 1, np.eye(*picture.shape[:2], dtype=bool))


ORDER = Order(
    names=("a", "b", "c"),
    load=load,
    masks=("odd", "diagonal"),
    labels={"male": [1, 0, 1]},
    parts={"train": ["c", "a"], "test": ["b"]},
    counts={"dropped": 2.0},
    digest="d",
)
MANY = replace(
    ORDER,
    names=tuple(f"{row:03d}" for row in range(3 * pictures.CHUNK + 5)),
    labels={},
    parts={},
)


def context_at(root: Path, *answers: bool) -> FolderContext:
    told = iter(answers)
    return FolderContext(root=root, data=root, stop=lambda: next(told, False))


def test_pictures_of_any_size_come_back(tmp_path: Path) -> None:
    written = pictures.write(ORDER, context_at(tmp_path))
    assert all(np.array_equal(written.picture(row), load(row)[0]) for row in range(3))


@pytest.mark.parametrize(("name", "place"), [("odd", 0), ("diagonal", 1)])
def test_masks_come_back(tmp_path: Path, name: str, place: int) -> None:
    written = pictures.write(ORDER, context_at(tmp_path))
    assert all(np.array_equal(written.mask(name, row), load(row)[1][place]) for row in range(3))


def test_labels_counts_and_digest_come_back(tmp_path: Path) -> None:
    written = pictures.write(ORDER, context_at(tmp_path))
    assert (written.labels["male"].tolist(), written.counts, written.digest) == (
        [1, 0, 1],
        {"dropped": 2},
        "d",
    )


def test_parts_are_rows(tmp_path: Path) -> None:
    assert pictures.write(ORDER, context_at(tmp_path)).part("train").tolist() == [2, 0]


def test_unknown_part_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no part `val`; they have: train, test"):
        pictures.write(ORDER, context_at(tmp_path)).part("val")


def test_batch_is_channels_first(tmp_path: Path) -> None:
    written = pictures.write(MANY, context_at(tmp_path))
    batch = written.batch(torch.tensor([3, 0]))
    assert (batch.shape, batch[:, 0, 0, 0].tolist()) == ((2, 3, 4, 8), [3, 0])


def test_rows_are_found_by_name(tmp_path: Path) -> None:
    assert pictures.write(ORDER, context_at(tmp_path)).rows(["b", "a"]).tolist() == [1, 0]


def test_side_is_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"asks for pictures of 8x8, prepared are 4x8, 5x8, 6x8"):
        pictures.write(ORDER, context_at(tmp_path)).check_side(8)


@pytest.mark.parametrize("answers", [(True,), (False, True), (True, True, True, False)])
def test_interrupted_preparation_goes_on_with_the_same_bytes(
    tmp_path: Path, answers: tuple[bool, ...]
) -> None:
    whole = pictures.write(MANY, context_at(tmp_path / "whole"))
    context = context_at(tmp_path / "parts", *answers)
    for _ in range(sum(answers)):
        with pytest.raises(InterruptedError):
            pictures.write(MANY, context)
    parts = pictures.write(MANY, context)
    assert parts.path.read_bytes() == whole.path.read_bytes()


def test_interrupted_preparation_does_not_read_again_what_is_done(tmp_path: Path) -> None:
    asked: list[int] = []

    def counted(row: int) -> tuple[Pixels, tuple[Mask, ...]]:
        asked.append(row)
        return load(row)

    context = context_at(tmp_path, True)
    with pytest.raises(InterruptedError):
        pictures.write(replace(MANY, load=counted), context)
    asked.clear()  # some were read ahead when it stopped
    pictures.write(replace(MANY, load=counted), context)
    assert sorted(asked) == list(range(pictures.CHUNK, len(MANY.names)))


def test_bytes_written_after_the_last_note_are_cut(tmp_path: Path) -> None:
    context = context_at(tmp_path, True)
    with pytest.raises(InterruptedError):
        pictures.write(MANY, context)
    with context.artifact(pictures.PIXELS).open("ab") as file:
        file.write(b"torn")
    written = pictures.write(MANY, context)
    assert np.array_equal(written.picture(len(MANY.names) - 1), load(len(MANY.names) - 1)[0])


def test_a_dataset_that_changed_is_prepared_anew(tmp_path: Path) -> None:
    context = context_at(tmp_path, True)
    with pytest.raises(InterruptedError):
        pictures.write(MANY, context)
    other = replace(MANY, digest="other", load=lambda row: load(row + 1))
    assert pictures.write(other, context).picture(0)[0, 0, 0] == 1


def test_a_damaged_note_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    context = context_at(tmp_path, True)
    with pytest.raises(InterruptedError):
        pictures.write(MANY, context)
    note = context.checkpoint / "pictures.partial.json"
    note.write_text(note.read_text().replace("[[", "[[1", 1))
    written = pictures.write(MANY, context)

    assert "left out" in caplog.text
    assert np.array_equal(written.picture(0), load(0)[0])


def test_nothing_is_readable_before_the_end(tmp_path: Path) -> None:
    context = context_at(tmp_path, True)
    with pytest.raises(InterruptedError):
        pictures.write(MANY, context)
    assert not context.artifact(pictures.INDEX).exists()


def test_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / pictures.INDEX).write_text('{"format": "pictures 0"}')
    with pytest.raises(ValueError, match="has format pictures 0, this program reads pictures 1"):
        pictures.read(tmp_path)
