"""Which weights and datasets a study wants: the plan is asked where nothing is, and says what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks.data import layout
from tasks.fetch.catalogue import ARCHIVES, WEIGHTS
from tasks.nets import weights


class NoStudyError(Exception):
    """A study file of which no plan can be made, with what `plan` says."""


def wanted(study: Path) -> tuple[str, ...]:
    """Return the names of what a study's trials want; NoStudyError with what is wrong with its file."""
    with TemporaryDirectory(prefix="nothing-") as nowhere:
        plan = ("plan", str(study), "--json", "--runs", f"{nowhere}/runs", "--data", f"{nowhere}/data")
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator", *plan],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TORCH_HOME": f"{nowhere}/torch"},
        )
        if done.returncode:
            raise NoStudyError(done.stderr.strip())
        told = {lack["message"] for lack in json.loads(done.stdout)["missing"]}
        return tuple(name for name, text in _messages(Path(nowhere)).items() if text in told)


def _messages(nowhere: Path) -> dict[str, str]:
    """Return what is said of each of the catalogue where nothing is."""
    checkpoints = weights.checkpoints(nowhere / "torch")
    said = {name: layout.missing(name, (nowhere / "data").resolve()) or "" for name in ARCHIVES}
    for name, one in WEIGHTS.items():
        if one.published is not None:
            said[name] = one.published.lack(checkpoints / one.published.file)
        elif one.imagenet is not None:
            said[name] = weights.lack(one.imagenet, checkpoints / one.file.name)
    return {name: text.split("\nhint: ")[0] for name, text in said.items()}
