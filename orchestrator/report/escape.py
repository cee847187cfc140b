"""Texts of others in tables: nothing in them is taken for a command."""

from __future__ import annotations

import re

from orchestrator.messages.terminal import plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet takes for a formula: OWASP, "CSV Injection"."""


def inert(text: str) -> str:
    """Return the text in one line, without HTML, which Markdown would let through, and steering signs."""
    return re.sub(r"<(?=[A-Za-z/!?])", r"\\<", " ".join(plain(text).split()))


def barred(text: str) -> str:
    """Return the text as a cell of a Markdown table."""
    return inert(text).replace("|", r"\|")


def no_formula(text: str) -> str:
    """Return the text so that a spreadsheet does not compute it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
