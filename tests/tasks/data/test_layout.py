from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tasks.data import layout
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

every_dataset = pytest.mark.parametrize("dataset", layout.LAYOUTS)


@every_dataset
def test_a_drawn_dataset_is_not_missing(dataset: str, drawn: Path) -> None:
    assert layout.missing(dataset, drawn) is None


@every_dataset
def test_message_says_what_where_from_and_what_to_type(dataset: str, tmp_path: Path) -> None:
    message = layout.missing(dataset, tmp_path)
    folder = layout.LAYOUTS[dataset].folder or dataset

    assert message is not None
    assert f"is not at `{tmp_path / folder}`: no such folder\nit must hold: " in message
    assert f"hint: `python -m tasks.fetch STUDY.yaml --data {tmp_path}` fetches" in message
    assert f"for a first try type `python -m tasks.data.synthetic {tmp_path} --scale small`" in message


def test_message_names_the_one_path_that_is_absent(copy: Callable[[str], Path]) -> None:
    root = copy("lfw")
    (root / "parts_test.txt").unlink()
    message = layout.missing("lfw", root.parent)

    assert message is not None
    assert "not found there: parts_test.txt\n" in message


def test_unknown_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no dataset is called `mnist`; known: lfw, helen, celeba"):
        layout.missing("mnist", tmp_path)


def test_checking_a_layout_loads_no_heavy_package() -> None:
    program = (
        "import sys, tasks.data.layout; print([m for m in ('numpy', 'PIL', 'torch') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_no_module_of_the_readers_loads_torch() -> None:
    program = "import sys, tasks.data.synthetic, tasks.data.split; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("at", ["Anno/list.txt", "list.txt"])
def test_a_file_is_found_in_its_folder_or_flat(tmp_path: Path, at: str) -> None:
    (tmp_path / at).parent.mkdir(exist_ok=True)
    (tmp_path / at).touch()

    assert layout.find(tmp_path, "Anno", "list.txt") == tmp_path / at
