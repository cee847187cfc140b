"""A finished trial: found by the beginning of its id, read from its folder, ready to be asked.

Nothing that lies in a trial's folder is executed: its description is JSON, its weights are tensors. The task
that it names is imported from the current folder or the environment, as the engine does.
"""

from __future__ import annotations

import importlib
import inspect
import pickle
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks.parts.prediction import Trained

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tasks.data.images import Pixels
    from tasks.parts.prediction import Predictor

M = TypeVar("M", bound=BaseModel)
TRIAL, RESULT = "trial.json", "result.json"
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class NoAnswerError(Exception):
    """What was asked for cannot be answered; the text ends with what to type next."""


class Description(BaseModel):
    """What `trial.json` says."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1]
    id: Id
    task: str
    version: int
    params: dict[str, Any]
    seed: int
    needs: dict[str, Id]


class Result(BaseModel):
    """What `result.json` says, as far as it is of use here."""

    metrics: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A trial that has a result and whose task can be asked."""

    folder: Path
    id: str
    task: str
    metrics: Mapping[str, float]  # of its result
    notes: tuple[str, ...]  # what to know before its answers are believed
    make: Callable[[Trained], Predictor]
    name: str = ""  # what it is called beside others
    pictures: Callable[[Trained], Mapping[str, Pixels]] | None = None  # `examples` of its task

    def load(self) -> Predictor:
        """Read the trial's weights; raises NoAnswerError where they cannot be used."""
        from safetensors import SafetensorError

        unusable = (OSError, ValueError, KeyError, RuntimeError, pickle.UnpicklingError, SafetensorError)
        try:
            return self.make(read_trained(self.folder))
        except unusable as error:
            text = f"`{self.folder.name}` cannot be loaded: {error}"
            raise NoAnswerError(
                text if "\nhint: " in text else f"{text}\nhint: {self._hint(error)}"
            ) from error

    def _hint(self, error: Exception) -> str:
        # A test or a use of a network is of the same module as its training, and has no network of its own.
        askable = askable_needs(self.folder) if isinstance(error, FileNotFoundError) else ""
        artifacts = self.folder / "artifacts"
        look = f"look into `{artifacts}`: a file may be lost, or made by another version of `{self.task}`"
        return askable or look


class Needs(Mapping[str, Trained]):
    """The needed trials, each read when it is asked for: what only the training used may be gone."""

    def __init__(self, ids: Mapping[str, str], trials: Path) -> None:
        self._ids = ids
        self._trials = trials

    def __getitem__(self, name: str) -> Trained:
        """Return a needed trial; NoAnswerError where its folder is gone."""
        found = [path for path in folders_in(self._trials) if path.name.endswith(f"-{self._ids[name]}")]
        if not found:
            raise NoAnswerError(
                f"the needed trial `{name}` is not there: no `{self._trials}/*-{self._ids[name]}`\n"
                "hint: copy its folder beside this trial's, or name the whole run folder with --runs"
            )
        return read_trained(found[0])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the needs."""
        return iter(self._ids)

    def __len__(self) -> int:
        """Count the needs."""
        return len(self._ids)


def find_finished(given: str, runs: Path) -> Finished:
    """Return the trial that is named by its folder or by the beginning of its id.

    Raises NoAnswerError where there is none, or several, or one that cannot be asked.
    """
    folder = find_folder(given, runs)
    described = describe(folder)
    result = _read(folder / RESULT, Result)
    if result is None:
        raise NoAnswerError(
            f"`{folder.name}` is not finished: it has no result yet\n"
            f"hint: see why with: python -m orchestrator why {described.id[:8]} --runs {runs}"
        )
    module = import_module_of(described.task)
    make = getattr(module, "predictor", None)
    if not inspect.isfunction(make):
        raise NoAnswerError(
            f"the task `{described.task}` answers no questions: its module has no `predictor`\n"
            f"hint: {askable_needs(folder) or 'ask a trial of another task'}"
        )
    return Finished(
        folder=folder,
        id=described.id,
        task=described.task,
        metrics=result.metrics,
        notes=tuple(_notes(described, module, result.metrics)),
        make=make,
        pictures=getattr(module, "examples", None),
    )


def is_askable(given: str, runs: Path) -> bool:
    """Say whether the module of a trial's task has a predictor."""
    return inspect.isfunction(getattr(_module_or_none(find_folder(given, runs)), "predictor", None))


def find_folder(given: str, runs: Path) -> Path:
    """Return the folder of the one trial that is meant; NoAnswerError otherwise."""
    if (Path(given) / TRIAL).is_file():
        return Path(given).resolve()
    trials = runs / "trials"
    if not trials.is_dir():
        raise NoAnswerError(
            f"there are no trials in the run folder `{runs}`\n"
            "hint: name the run folder with --runs or ORCHESTRATOR_RUNS, or give the path of a trial's folder"
        )
    beginning = given.rpartition("-")[2]  # the name of a trial's folder will do too
    folders = folders_in(trials)
    found = [path for path in folders if beginning and path.name.rpartition("-")[2].startswith(beginning)]
    if len(found) > 1:
        names = ", ".join(f"`{path.name}`" for path in found[:5]) + (", ..." if len(found) > 5 else "")
        raise NoAnswerError(
            f"`{given}` begins the ids of {len(found)} trials: {names}\nhint: write more of the one you mean"
        )
    if not found:
        raise NoAnswerError(
            f"none of the {len(folders)} trials in `{runs}` has an id that begins with `{given}`\n"
            f"hint: see ids with: python -m orchestrator status STUDY --json --runs {runs}"
        )
    return found[0]


def folders_in(trials: Path) -> list[Path]:
    """Return the folders of all trials, however old the run folder is: beside each other or fanned out."""
    return sorted(path for pattern in ("*-*", "??/*-*") for path in trials.glob(pattern) if path.is_dir())


def _trials_around(folder: Path) -> Path:
    """Return the folder in which a trial's folder lies with those of all others."""
    digits = folder.parent.name
    return folder.parent.parent if folder.name.rpartition("-")[2].startswith(digits) else folder.parent


def describe(folder: Path) -> Description:
    """Return what a trial's folder says about it; NoAnswerError where it says nothing."""
    described = _read(folder / TRIAL, Description)
    if described is None:
        raise NoAnswerError(
            f"`{folder}` has no `{TRIAL}`: nothing was trained in it\n"
            "hint: see ids with: python -m orchestrator status STUDY --json"
        )
    return described


def read_trained(folder: Path) -> Trained:
    """Return a trial as its predictor reads it, with the trials that it needed."""
    described = describe(folder)
    return Trained(
        params=described.params,
        seed=described.seed,
        artifacts=folder / "artifacts",
        needs=Needs(described.needs, _trials_around(folder)),
    )


def import_module_of(task: str) -> ModuleType:
    """Return the module of a task: the whole name first, then without its function, or class and method."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    whole, colon, _ = task.partition(":")
    parts = whole.split(".")
    spelled = all(part.isidentifier() for part in task.replace(":", ".").split("."))
    for less in range(1 if colon else 3) if spelled else ():
        name = ".".join(parts[: len(parts) - less])
        module = _imported(name) if name else None
        if module is not None and (less < 2 or hasattr(module, parts[-2])):
            return module
    raise NoAnswerError(
        f"this trial is of the task `{task}`, and there is no such module here\n"
        "hint: type this in the folder from which the study was submitted"
    )


def _imported(name: str) -> ModuleType | None:
    """Return the module, or None where there is none of that name."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # a module may raise anything while it is imported
        absent = error.name if isinstance(error, ModuleNotFoundError) else None
        if absent and (name == absent or name.startswith(f"{absent}.")):
            return None
        raise NoAnswerError(
            f"module `{name}` cannot be imported: {type(error).__name__}: {error}\n"
            f'hint: correct it, or install what it needs; see more with: python -c "import {name}"'
        ) from error


def askable_needs(folder: Path) -> str:
    """Return a hint that names the needed trials that can be asked; empty where there is none."""
    ids = {f"-{need}" for need in describe(folder).needs.values()}
    beside = folders_in(_trials_around(folder)) if ids else []
    found = [path for path in beside if path.name.endswith(tuple(ids))]
    askable = [path.name for path in found if hasattr(_module_or_none(path), "predictor")]
    return f"ask what it needed: {', '.join(askable)}" if askable else ""


def _module_or_none(folder: Path) -> ModuleType | None:
    try:
        return import_module_of(describe(folder).task)
    except NoAnswerError:
        return None


def _notes(described: Description, module: ModuleType, metrics: Mapping[str, float]) -> Iterator[str]:
    version = getattr(module, "VERSION", 1)
    if version != described.version:
        yield f"trained by version {described.version} of `{described.task}`, asked by version {version}"
    if metrics.get("synthetic"):
        yield "trained on drawn faces: its answers say nothing about real ones"
    if metrics.get("random_weights"):
        yield "its training started from random weights, not from published ones"


def _read(file: Path, model: type[M]) -> M | None:
    """Return the value of a file of a trial, or None when it is not there."""
    try:
        return model.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise NoAnswerError(
            f"`{file}` cannot be used: {_reason(error)}\n"
            "hint: copy the trial's folder again from where it was trained"
        ) from error


def _reason(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return str(error.strerror)
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
