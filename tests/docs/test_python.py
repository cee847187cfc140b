"""The page on Python works as printed: its blocks one after the other, beside the README's study."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import block
from tests.toy_fixture import environment, make_toy
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the blocks print."""
    toy = make_toy(tmp_path_factory.mktemp("page"), block("python"))
    toy.study(block("yaml"))
    toy.type("submit", "study.yaml")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(BLOCKS)],
        cwd=toy.folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_six_lines_give_a_data_frame_and_a_table(said: str) -> None:
    assert len(list(filter(None, BLOCKS[0].splitlines()))) == 6
    assert said.startswith("### loss of train by lr\n\n| lr   | loss")


def test_another_seed_is_planned_and_trained(said: str) -> None:
    assert "toy: 3 trials to do" in said
    assert "toy: 9 DONE" in said


def test_a_wrong_name_is_told_as_the_page_says(said: str) -> None:
    told = re.findall(r"print\(error.*# (.*)", PAGE)

    assert said.splitlines()[-1:] == told


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / "docs" / path).is_file()
