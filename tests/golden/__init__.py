"""Texts that must not change unnoticed, as plain files."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

FOLDER = Path(__file__).parent


def assert_golden(name: str, text: str, folder: Path) -> None:
    """Compare a text with the committed file; on a difference leave the new text in `folder`."""
    golden, fresh = FOLDER / name, folder / name
    expected = golden.read_text(encoding="utf-8") if golden.exists() else ""
    if text != expected:
        fresh.write_text(text, encoding="utf-8")
    diff = "\n".join(unified_diff(expected.splitlines(), text.splitlines(), name, "now", lineterm=""))

    assert text == expected, f"{diff}\nto accept: cp {fresh} {golden}"
