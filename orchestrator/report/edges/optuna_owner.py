"""Whose studies a storage of Optuna's holds, read without changing it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

OWNER = "orchestrator:study"
"""The attribute of each study in a file that says which of our studies it was made of."""
SQLITE = (".db", ".sqlite", ".sqlite3")
"""Endings of files that are databases; all others are journals, which are written many times faster."""
_MAGIC = b"SQLite format 3\x00"
_OWNERS = f"""
    SELECT studies.study_name, (
        SELECT value_json FROM study_user_attributes
        WHERE study_user_attributes.study_id = studies.study_id AND key = '{OWNER}'
    ) FROM studies
"""  # noqa: S608 - a constant
_NEW_STUDY, _STUDY_ATTRIBUTE = 0, 2
"""Operations in a journal."""


def foreign_studies(file: Path, study: str) -> list[str] | None:
    """Return what in a file was not made of this study; None where it is no storage of Optuna's."""
    with file.open("rb") as opened:
        is_database = opened.read(len(_MAGIC)) == _MAGIC
    owners = _of_database(file) if is_database else _of_journal(file)
    return None if owners is None else [name for name, owner in owners if owner != study]


def _of_database(file: Path) -> list[tuple[str, Any]] | None:
    """Return each study with who made it."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute(_OWNERS).fetchall()
    except sqlite3.Error:
        return None
    return [(name, json.loads(owner) if owner else None) for name, owner in found]


def _of_journal(file: Path) -> list[tuple[str, Any]] | None:
    """Return the same; studies have numbers in the order in which they were made."""
    names: list[str] = []
    owners: dict[int, Any] = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            if one["op_code"] == _NEW_STUDY:
                names.append(str(one["study_name"]))
            elif one["op_code"] == _STUDY_ATTRIBUTE:
                owners |= {one["study_id"]: one["user_attr"][OWNER]} if OWNER in one["user_attr"] else {}
    except (ValueError, KeyError, TypeError):  # bytes that are no text, lines that are no JSON, or other JSON
        return None
    return [(name, owners.get(number)) for number, name in enumerate(names)] if names else None
