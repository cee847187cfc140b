"""The page on writing studies works as printed: each of its studies is trained, one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.docs.following import Done, save, type_line
from tests.docs.pages import page

if TYPE_CHECKING:
    from pathlib import Path

PAGE = page("studies.md")
STUDIES = [name for name in PAGE.files if name.endswith(".yaml")]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the page."""
    folder: Path = tmp_path_factory.mktemp("studies")
    save(PAGE, folder)
    return folder


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_of_the_page_is_trained(name: str, folder: Path) -> None:
    done: Done = type_line(f"python -m orchestrator submit {name} --cpu", folder)

    assert done.returncode == 0, done.stderr


def test_the_lists_of_trials_are_those_of_the_program(folder: Path) -> None:
    shown = [block.text for block in PAGE.blocks if block.text.startswith(("51ee753e", "d2dffa1c"))]
    said = [
        type_line(f"python -m orchestrator plan {name}.yaml --list --runs none", folder).stdout
        for name in ("grid", "joined", "transfer", "cut")
    ]

    assert [text.split() for text in shown] == [re.sub(r" +$", "", text).split() for text in said]
