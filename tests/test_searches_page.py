"""The page about searches: each of its blocks is a search, or stages, that a study may have."""

import keyword
import re
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from orchestrator.study.read import read_study

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "searches.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
STAGE = "stages:\n  train:\n    task: mine.train\n"


def study_of(block: str) -> str:
    """Return a study with the block in it."""
    assert block.startswith(("search:", "stages:"))
    inside = block if block.startswith("stages:") else STAGE + re.sub("^", "    ", block, flags=re.MULTILINE)
    return f"study: page\naxes: {{seed: [0, 1, 2]}}\n{inside}"


def tasks_of(text: str) -> str:
    """Return a module with the tasks of a study, which take whatever it names."""
    names = set(re.findall(r"[a-z_]\w*", text)) - {"seed"} - set(keyword.kwlist)
    fields = "".join(f"    {name}: Any = 1\n" for name in sorted(names) if not hasattr(BaseModel, name))
    tasks = "".join(
        f"def {name}(params: Params, context) -> dict:\n    return {{}}\n"
        for name in sorted(set(re.findall(r"mine\.(\w+)", text)))
    )
    head = "from typing import Any\nfrom pydantic import BaseModel\n"
    return (
        f"{head}class Params(BaseModel):\n    model_config = {{'protected_namespaces': ()}}\n{fields}{tasks}"
    )


@pytest.mark.parametrize("block", BLOCKS, ids=range(1, len(BLOCKS) + 1))
def test_every_block_of_the_page_is_right(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = study_of(block)
    (tmp_path / "mine.py").write_text(tasks_of(text))
    (tmp_path / "page.yaml").write_text(text)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert read_study(tmp_path / "page.yaml").study.name == "page"


def test_the_page_has_blocks() -> None:
    assert len(BLOCKS) >= 6
