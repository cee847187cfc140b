"""A trial that is a command, run by an attempt in this program, as a worker's runner does."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestrator.engine.runner import run_attempt
from orchestrator.engine.settle import Part, World
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Exit
from orchestrator.study.trial import Trial


def python(script: str, **more: Any) -> dict[str, Any]:
    """Return a command that runs a script with our own Python; `more` are further parts of it."""
    return {"words": [sys.executable, "-c", script], **more}


def attempted(
    place: Path,
    command: dict[str, Any],
    number: int = 1,
    *,
    needs: dict[str, str] | None = None,
    **values: Any,
) -> tuple[Exit, TrialFolder]:
    """Return how an attempt at a command ends, and the trial's folder; `values` are what it refers to."""
    params = {"command": command, **values}
    trial = Trial(
        id="0" * 16, stage="s", task="command", version=1, params=params, seed=7, needs=needs or {}, axes={}
    )
    folder = RunFolder(place / "runs").trial(trial)
    folder.attempt(number).mkdir(parents=True)
    folder.describe(trial)
    (place / "code").mkdir(exist_ok=True)
    with printing_to(folder.attempt(number) / "log.txt"):
        return run_attempt(
            Part(folder=folder, number=number), World(data=place / "data", code=place / "code")
        ), folder


@contextmanager
def printing_to(log: Path) -> Iterator[None]:
    """Let what this program and those that it starts print go to a file, as a runner's does."""
    sys.stdout.flush()
    kept = [os.dup(1), os.dup(2)]
    with log.open("ab") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    try:
        yield
    finally:
        sys.stdout.flush()
        for number, before in zip((1, 2), kept, strict=True):
            os.dup2(before, number)
            os.close(before)


def metrics_of(place: Path, command: dict[str, Any], **values: Any) -> dict[str, float]:
    """Return the metrics of a command that ends well."""
    ended, folder = attempted(place, command, **values)
    result = folder.read_result()
    assert result is not None, ended
    return dict(result.metrics)


def variables_of(place: Path, command: dict[str, Any] | None = None, **values: Any) -> dict[str, str]:
    """Return the environment that a command sees."""
    seen = place / "seen.json"
    script = f"import json, os; json.dump(dict(os.environ), open({str(seen)!r}, 'w'))"
    attempted(place, python(script, **(command or {})), **values)
    found: dict[str, str] = json.loads(seen.read_text())
    return found
