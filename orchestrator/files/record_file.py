"""Records: files with one writer that appear whole or not at all, the first writer of a place winning."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.files.plain_file import UnreadableError, plain_text
from orchestrator.files.strangers import make_folder, open_own
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.messages.problems import dotted
from orchestrator.messages.wording import mistakes

if TYPE_CHECKING:
    from pathlib import Path

M = TypeVar("M", bound=BaseModel)
_ROOM_BYTES = 65536


def write_beside(path: Path, content: str | bytes) -> None:
    """Write a file that is there whole or not at all."""
    _written_beside(path, content).replace(path)


def publish(path: Path, text: str) -> bool:
    """Write a file unless it is there already; say whether this writer was the first."""
    beside = _written_beside(path, text)
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    else:
        return True
    finally:
        beside.unlink()


def _written_beside(path: Path, content: str | bytes) -> Path:
    """Write a hidden neighbour that is safe on disk, and return its path."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    mode = "w" if isinstance(content, str) else "wb"
    try:
        try:
            file = open_own(beside, mode)
        except FileNotFoundError:
            make_folder(path.parent)
            file = open_own(beside, mode)
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def keep_room(file: Path) -> None:
    """Keep room on the disk, in a file, for a record that must be written even when the disk is full."""
    if file.exists():
        return
    make_folder(file.parent)
    with open_own(file, "wb") as room:
        room.write(os.urandom(_ROOM_BYTES))  # zeros might be compressed to nothing
        room.flush()
        os.fsync(room.fileno())


def leave_record(path: Path, text: str, room: Path | None = None) -> bool:
    """Publish a record, on a full disk in the room that was kept; say whether this writer was the first.

    Raises OSError when the disk is too full even so.
    """
    try:
        return publish(path, text)
    except OSError:
        if room is None:
            raise
        room.unlink(missing_ok=True)
        return publish(path, text)


def read_stored(path: Path, model: type[M]) -> M | None:
    """Return the file's value, or None when it is not there.

    Raises InternalEvidenceError when it holds something else: files appear whole, so it was damaged later.
    """
    try:
        text = plain_text(path)
        return model.model_validate_json(text)
    except FileNotFoundError:
        return None
    except UnreadableError as error:
        raise damaged(path, str(error)) from error
    except ValidationError as error:
        raise damaged(path, _described(error, text, model)) from error


def damaged(path: Path, how: str) -> InternalEvidenceError:
    """Return the error for a file of the run folder that cannot be used."""
    return InternalEvidenceError(
        f"{path} is damaged: {how}",
        hint="put back a good copy of the file, or move it away: then it counts as never written",
    )


def _described(error: ValidationError, text: str, model: type[BaseModel]) -> str:
    """Return in plain words what is wrong with a JSON text."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return "it is empty" if not text.strip() else f"it is no whole JSON ({first['ctx']['error']})"
    given = json.loads(text)
    if not isinstance(given, dict):
        return "it does not hold a mapping"
    found = mistakes(error, given, model)
    return "; ".join(f"{dotted(mistake.keys)}: {mistake.message}".removeprefix(": ") for mistake in found[:3])
