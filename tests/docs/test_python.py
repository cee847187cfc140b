"""The page on Python works as printed: its blocks one after the other, beside the README's study."""

import re

import pytest

from tests.docs.following import run_python
from tests.docs.pages import page
from tests.test_readme import block
from tests.toy_fixture import make_toy

PAGE = page("python.md")
BLOCKS = PAGE.all("python")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the blocks print."""
    toy = make_toy(tmp_path_factory.mktemp("page"), block("python"))
    toy.study(block("yaml"))
    toy.type("submit", "study.yaml")
    done = run_python("\n".join(BLOCKS), toy.folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_six_lines_give_a_data_frame_and_a_table(said: str) -> None:
    assert len(list(filter(None, BLOCKS[0].splitlines()))) == 6
    assert said.startswith("### loss of train by lr\n\n| lr   | loss")


def test_another_seed_is_planned_and_trained(said: str) -> None:
    assert "toy: 3 trials to do" in said
    assert "toy: 9 DONE" in said


def test_a_wrong_name_is_told_as_the_page_says(said: str) -> None:
    told = re.findall(r"print\(error.*# (.*)", PAGE.text)

    assert said.splitlines()[-1:] == told
