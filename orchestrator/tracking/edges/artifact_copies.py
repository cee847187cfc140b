"""Files of trials, copied to where MLflow looks for them."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.tracking.edges.mlflow_runs import MlflowRun
    from orchestrator.tracking.edges.record import Attached


class ArtifactCopies:
    """The files that MLflow has of the trials: in a folder of ours, else sent through the server."""

    def __init__(self, client: Any, root: Path | None) -> None:
        self._client = client
        self._root = root
        self.count = 0
        """Files copied."""

    def replace(self, run: MlflowRun, group: str, files: Sequence[Attached]) -> None:
        """Copy the files of a group, in place of those that were there."""
        folder = self._root and self._root / run.artifacts.removeprefix("mlflow-artifacts:/")
        if folder:
            shutil.rmtree(folder / group, ignore_errors=True)
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # the trial goes on and may replace its files
                if folder:
                    _copy(file, folder / file.name)
                else:
                    self._send(run.number, file)
                self.count += 1

    def _send(self, number: str, file: Attached) -> None:
        if file.path is None:
            self._client.log_text(number, file.text, file.name)
        else:
            self._client.log_artifact(number, str(file.path), file.name.rpartition("/")[0] or None)


def _copy(file: Attached, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.path is None:
        to.write_text(file.text, encoding="utf-8")
    else:
        shutil.copyfile(file.path, to)
