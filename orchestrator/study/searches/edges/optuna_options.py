"""Samplers and pruners of Optuna by the names of study files: their options, checked, and the objects."""

from __future__ import annotations

import importlib.util
import inspect
import math
import warnings
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.messages.problems import brief, listed, nearest
from orchestrator.messages.wording import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OptunaKind = Literal["sampler", "pruner"]
CLASSES: Mapping[OptunaKind, Mapping[str, str]] = {
    "sampler": {
        "random": "RandomSampler",
        "tpe": "TPESampler",
        "gp": "GPSampler",
        "cmaes": "CmaEsSampler",
        "nsga2": "NSGAIISampler",
        "qmc": "QMCSampler",
    },
    "pruner": {
        "median": "MedianPruner",
        "percentile": "PercentilePruner",
        "successive_halving": "SuccessiveHalvingPruner",
        "hyperband": "HyperbandPruner",
        "patient": "PatientPruner",
        "threshold": "ThresholdPruner",
        "wilcoxon": "WilcoxonPruner",
    },
}
"""Each name that a study file may give, but for `grid`, which is our own: Optuna's class."""
_OURS = {
    "seed": "write `seed:` beside `sampler:`",
    "constraints_func": "write `constraints:` beside `sampler:`, as `constraints: ['lr * batch_size <= 1']`",
    "x0": "write points to start with under `enqueue:` beside `sampler:`",
    "warn_independent_sampling": "leave it out: `plan` tells what is drawn independently",
    "warn_asynchronous_seeding": "leave it out: the seed is always given",
    "consider_pruned_trials": "leave it out: the optimizer is told finished trials alone",
    "restart_strategy": "leave it out: Optuna does nothing with it any more",
    "inc_popsize": "leave it out: Optuna does nothing with it any more",
}
"""Options that the project gives itself, or that change nothing -> what to write instead."""
_LEAST = {"popsize": 2, "n_ei_candidates": 1, "n_startup_trials": 0}
"""Options of samplers that Optuna takes, and fails with when it draws, if they are less."""
_PACKAGES = {"gp": ("scipy", "torch"), "cmaes": ("cmaes",), "qmc": ("scipy",), "wilcoxon": ("scipy",)}
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "bool": ((bool,), "true or false"),
    "str": ((str,), "text"),
    "None": ((type(None),), "null"),
    "BasePruner": ((str, dict), "a pruner, as `median` or `{name: median}`"),
}
"""What annotations may say of what can be written in a file -> types as YAML gives them, and their words."""


def class_of(kind: OptunaKind, name: str) -> type:
    """Return Optuna's class of a name that is known."""
    import optuna

    module = optuna.samplers if kind == "sampler" else optuna.pruners
    found: type = getattr(module, CLASSES[kind][name])
    return found


def made(kind: OptunaKind, name: str, options: Mapping[str, Any], **ours: Any) -> Any:
    """Return Optuna's object with options that were checked, and with `ours`."""
    given = {
        key: made("pruner", *named(value)) if _takes(kind, name, key, "BasePruner") and value else value
        for key, value in options.items()
    }
    with warnings.catch_warnings(action="ignore"):  # much of Optuna calls itself experimental
        return class_of(kind, name)(**{**ours, **given})


def named(entry: str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the options of an entry: `median`, or `{name: median, n_startup_trials: 3}`."""
    if isinstance(entry, str):
        return entry, {}
    return str(entry.get("name", "")), {key: value for key, value in entry.items() if key != "name"}


def mistakes_of(kind: OptunaKind, name: str, options: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong with the options of a sampler or pruner, each at its key below the entry."""
    if kind == "sampler" and name == "grid":
        return [_mistake((key,), f"`grid` has no options, but `{key}` is given", None) for key in options]
    if name not in CLASSES[kind]:
        names = [*(["grid"] if kind == "sampler" else []), *CLASSES[kind]]
        return [_mistake(("name",), f"there is no {kind} `{name}`", _of_all(name, names))]
    if lacking := lacking_packages(kind, name):
        return lacking
    found = [*_wrong_options(kind, name, options), *_missing(kind, name, options)]
    return found or _refused(kind, name, options)


def lacking_packages(kind: OptunaKind, name: str) -> list[Mistake]:
    """Return what is wrong where packages are not installed that it needs, without asking Optuna."""
    lacking = [package for package in _PACKAGES.get(name, ()) if importlib.util.find_spec(package) is None]
    if not lacking:
        return []
    what = f"{kind} `{name}` needs {listed(lacking)}, which is not installed"
    return [_mistake(("name",), what, f"type `python -m pip install {' '.join(lacking)}`")]


def _mistake(keys: tuple[str | int, ...], message: str, hint: str | None) -> Mistake:
    return Mistake(keys=keys, message=message, hint=hint)


def _of_all(name: str, names: list[str]) -> str:
    """Return the name that was meant, if any is near, and all that there are."""
    every, near = f"allowed: {listed(names)}", nearest(name, names, "")
    return f"{near} {every}" if near else every


def _annotations(kind: OptunaKind, name: str) -> dict[str, list[str]]:
    """Return each option of a class with the types that its annotation allows."""
    parameters = inspect.signature(class_of(kind, name)).parameters.values()
    return {
        one.name: [part.strip() for part in _text(one.annotation).split("|")]
        for one in parameters
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    }


def _text(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _takes(kind: OptunaKind, name: str, option: str, type_: str) -> bool:
    return type_ in _annotations(kind, name).get(option, ())


def _wrong_options(kind: OptunaKind, name: str, options: Mapping[str, Any]) -> Iterator[Mistake]:
    annotations = _annotations(kind, name)
    writable = [
        option for option, types in annotations.items() if option not in _OURS and _words(types) is not None
    ]
    for option, value in options.items():
        if option not in annotations:
            hint = _of_all(option, writable)
            yield _mistake((option,), f"{kind} `{name}` has no option `{option}`", hint)
        elif option in _OURS:
            yield _mistake((option,), f"`{option}` is not given here", _OURS[option])
        elif (words := _words(annotations[option])) is None:
            kinds = " | ".join(annotations[option])
            what = f"`{option}` is an object of Python ({kinds}), which no file can say"
            yield _mistake((option,), what, "leave it out")
        elif not _fits(value, annotations[option]):
            yield _mistake((option,), f"`{brief(value)}` must be {words}", None)
        elif isinstance(value, int) and value < _LEAST.get(option, value):
            yield _mistake((option,), f"`{value}` must be at least {_LEAST[option]}", None)
        elif value is not None and "BasePruner" in annotations[option]:
            for inside in mistakes_of("pruner", *named(value)):
                keys = inside.keys if isinstance(value, dict) else ()
                yield _mistake((option, *keys), inside.message, inside.hint)


def _words(types: list[str]) -> str | None:
    """Return what a file may say for an option; None where it takes nothing but objects of Python."""
    known = [_TYPES[one][1] for one in types if one in _TYPES]
    return None if known in ([], ["null"]) else " or ".join(known)


def _fits(value: Any, types: list[str]) -> bool:
    """Say whether a value is of one of the types: true is no number, and numbers are finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    known = [_TYPES[one][0] for one in types if one in _TYPES]
    if isinstance(value, bool):
        return (bool,) in known
    return any(isinstance(value, one) for one in known)


def _missing(kind: OptunaKind, name: str, options: Mapping[str, Any]) -> Iterator[Mistake]:
    for one in inspect.signature(class_of(kind, name)).parameters.values():
        wanted = one.default is one.empty and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        if wanted and one.name not in options:
            what = f"{kind} `{name}` needs `{one.name}`, which is missing"
            yield _mistake((), what, f"write `{{name: {name}, {one.name}: VALUE}}`")


def _refused(kind: OptunaKind, name: str, options: Mapping[str, Any]) -> list[Mistake]:
    """Return what Optuna itself says when the object is made."""
    try:
        made(kind, name, options)
    except (ValueError, TypeError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0]
        return [_mistake((), f"{kind} `{name}` with {brief(dict(options))}: {reason}", None)]
    return []
