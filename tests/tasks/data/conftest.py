from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def drawn(data: Path) -> Path:
    """All datasets at the tiny scale; never written to."""
    return data


@pytest.fixture
def copy(drawn: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a private copy of one dataset, to be damaged; CelebHair brings CelebA along."""

    def copy_of(dataset: str) -> Path:
        if dataset == "celebhair":
            shutil.copytree(drawn / "celeba", tmp_path / "copy" / "celeba")
        return shutil.copytree(drawn / dataset, tmp_path / "copy" / dataset)

    return copy_of
