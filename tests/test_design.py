"""What DESIGN.md says lies somewhere lies there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DESIGN = (ROOT / "DESIGN.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+/\w+\.(?:py|md))[`:]", DESIGN)))


@pytest.mark.parametrize("name", NAMED)
def test_a_file_that_is_named_is_there(name: str) -> None:
    assert any((folder / name).is_file() for folder in (ROOT, ROOT / "orchestrator", ROOT / "tasks"))


def test_every_room_has_its_line() -> None:
    rooms = {path.name for path in (ROOT / "orchestrator").iterdir() if (path / "__init__.py").is_file()}
    drawn = set(re.findall(r"^  (\w+)/ ", DESIGN, flags=re.MULTILINE))

    assert drawn == rooms
