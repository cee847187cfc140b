"""A disk of a few megabytes that only one program and what it starts can see, and that can be filled."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import OrchestratorError

if TYPE_CHECKING:
    from collections.abc import Callable

_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
"""CLONE_* of unshare(2)."""
_BLOCK = 1 << 16


class NoSmallDiskError(OrchestratorError):
    """This machine lets this user mount nothing."""


def with_small_disk(folder: Path, size: int, work: Callable[[], Any]) -> Any:
    """Return what `work` returns, in JSON's words, in a program that sees a disk of `size` bytes at `folder`.

    Raises NoSmallDiskError where that is not permitted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mine, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(theirs, "w", encoding="utf-8") as pipe:
                pipe.write(_answer(folder, size, work))
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(0)
    os.close(theirs)
    try:
        with os.fdopen(mine, encoding="utf-8") as pipe:
            answered = pipe.read()
    finally:
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not answered and ended == 0:  # Ctrl-C, to this program too or to its child alone
        raise KeyboardInterrupt
    if not answered:
        raise OrchestratorError(f"the program with the small disk was killed by signal {-ended}")
    answer = json.loads(answered)
    if "refused" in answer:
        raise NoSmallDiskError(answer["refused"])
    if "error" in answer:
        error = OrchestratorError(answer["error"], answer["hint"])
        error.exit_code = answer["exit_code"]
        raise error
    return answer["value"]


def _answer(folder: Path, size: int, work: Callable[[], Any]) -> str:
    try:
        _mount(folder, size)
        return json.dumps({"value": work()})
    except NoSmallDiskError as error:
        return json.dumps({"refused": str(error)})
    except OrchestratorError as error:
        return json.dumps({"error": str(error), "hint": error.hint, "exit_code": error.exit_code})
    except Exception as error:  # what it was must reach the parent
        text = "".join(traceback.format_exception(error))
        return json.dumps({"error": text, "hint": None, "exit_code": 1})


def _mount(folder: Path, size: int) -> None:
    """Leave the mounts of everybody else, and mount a tmpfs at the folder."""
    user, group = os.geteuid(), os.getegid()
    mounts = ["--make-rprivate", "/"], ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        if ctypes.CDLL(None).unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)):
            raise PermissionError("it gives no namespace of its own")
        if user:
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
        for words in mounts:
            subprocess.run(["mount", *words], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "").strip() or error
        raise NoSmallDiskError(f"this machine lets user {user} mount no small disk ({why})") from error


def fill_disk(path: Path) -> None:
    """Let a file take all room that its disk has left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        size = _BLOCK
        while size:
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
            size //= 2
