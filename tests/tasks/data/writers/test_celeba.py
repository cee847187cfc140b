from pathlib import Path

import pytest

from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_celeba(drawn: Path) -> None:
    assert forms(drawn / "celeba") == {
        "Anno/identity_CelebA.txt",
        "Anno/list_attr_celeba.txt",
        "Anno/list_bbox_celeba.txt",
        "Anno/list_landmarks_align_celeba.txt",
        "Anno/list_landmarks_celeba.txt",
        "Eval/list_eval_partition.txt",
        "Img/img_align_celeba/#.jpg",
        "Img/img_celeba/#.jpg",
    }


@pytest.mark.parametrize(
    ("table", "values"), [("attr", 40), ("bbox", 4), ("landmarks_align", 10), ("landmarks", 10)]
)
def test_tables_begin_with_their_count_and_their_columns(drawn: Path, table: str, values: int) -> None:
    count, header, *rows = (drawn / f"celeba/Anno/list_{table}_celeba.txt").read_text().splitlines()

    assert int(count) == len(rows) == 25
    assert len(header.removeprefix("image_id ").split()) == values
    assert {len(row.split()) for row in rows} == {1 + values}
