"""How a study comes to Python: from its file, by its name, or given key by key."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.api.given import given_study, plain_value
from orchestrator.api.look import named
from orchestrator.api.study_handle import StudyHandle
from orchestrator.api.undisturbed import undisturbed
from orchestrator.messages.errors import StudyFileError, UserError
from orchestrator.verbs.lookup import check_file, find_data, find_submitted, open_runs
from orchestrator.verbs.options import DATA, RUNS
from orchestrator.verbs.request import Typed, read_request

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder

_SUFFIXES = (".yaml", ".yml")
PathText = str | os.PathLike[str]


@undisturbed()
def load(
    study: PathText,
    *,
    runs: PathText | None = None,
    data: PathText | None = None,
    set_: Mapping[str, object] | Sequence[str] = (),
    only: str | Sequence[str] = (),
    cluster: str = "local",
    cpu: bool = False,
) -> StudyHandle:
    """Return a study by its file, or by its name once it was submitted.

    `runs` and `data` are the run folder and that of the datasets, `set_` overrides values of the file.
    Raises StudyFileError with everything that is wrong with the file.

    >>> orchestrator.load("study.yaml", set_={"axes.seed": [0, 1, 2]}).plan().to_do
    2
    >>> orchestrator.load("toy")
    <study toy: 4 DONE>
    """
    folder, datasets = _folders(runs, data)
    typed = Typed(file=Path(study), cluster=cluster, set_=_overrides(set_), only=named(only), cpu=cpu)
    if isinstance(study, os.PathLike) or study.endswith(_SUFFIXES):
        check_file(typed.file)
        return _handle(typed, folder, datasets)
    submission = find_submitted(study, folder.path)[1]
    if typed.words:
        raise UserError(
            f"`{study}` is the name of a study: set_, only, cluster and cpu change what a file says",
            hint=f'load its file: orchestrator.load("{submission.given}", ...)',
        )
    return StudyHandle(submission.study.name, folder, datasets)


@undisturbed()
def define(
    name: str,
    *,
    stages: Mapping[str, object] | None = None,
    axes: Mapping[str, object] | None = None,
    shapes: Mapping[str, object] | None = None,
    report: PathText | Sequence[PathText] | None = None,
    extends: PathText | None = None,
    studies: Sequence[PathText] | None = None,
    code: Mapping[str, object] | None = None,
    runs: PathText | None = None,
    data: PathText | None = None,
    only: str | Sequence[str] = (),
    cluster: str = "local",
    cpu: bool = False,
) -> StudyHandle:
    """Return a study that is given by the keys of a study file; a task may be the function itself.

    Raises StudyFileError with everything that is wrong, as of a file, each named by its place in the keys.

    >>> stage = {"task": "toy.train", "over": ["lr", "seed"], "params": {"steps": 5}}
    >>> orchestrator.define("other", axes={"lr": [0.1], "seed": [0]}, stages={"train": stage}).plan().to_do
    0
    """
    folder, datasets = _folders(runs, data)
    keys = {"study": name, "axes": axes, "shapes": shapes, "stages": stages, "code": code}
    files = {"report": report, "extends": extends, "studies": studies}
    given = given_study({**keys, **files}, Path.cwd())
    typed = Typed(
        file=folder.study(str(name)) / "given.yaml",
        document=given.document,
        text=given.text,
        cluster=cluster,
        only=named(only),
        cpu=cpu,
    )
    try:
        handle = _handle(typed, folder, datasets)
    except StudyFileError as error:
        raise given.with_others(error) from None
    if given.problems:
        raise StudyFileError(given.problems)
    return handle


def _handle(typed: Typed, runs: RunFolder, data: Path) -> StudyHandle:
    """Return a study that was read without a problem."""
    return StudyHandle(read_request(typed, runs, data).read.study.name, runs, data, typed)


def _folders(runs: PathText | None, data: PathText | None) -> tuple[RunFolder, Path]:
    """Return the run folder and that of the datasets: as given, as the environment says, or beside."""
    chosen = runs or os.environ.get("ORCHESTRATOR_RUNS") or RUNS
    datasets = data or os.environ.get("ORCHESTRATOR_DATA") or DATA
    return open_runs(Path(chosen)), find_data(Path(datasets))


def _overrides(given: Mapping[str, Any] | Sequence[str]) -> list[str]:
    """Return what `--set` would be given."""
    if isinstance(given, Mapping):
        return [f"{place}={json.dumps(plain_value(value, place))}" for place, value in given.items()]
    return named(given)
