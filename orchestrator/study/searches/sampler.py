"""Which sampler a search has: its name, or a mapping with its name and Optuna's options."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict

from orchestrator.messages.problems import brief, listed, nearest

SamplerName = Literal["grid", "random", "tpe", "gp", "cmaes", "nsga2", "qmc"]
_NAMES: tuple[str, ...] = get_args(SamplerName)
_LEARN = frozenset({"tpe", "gp", "cmaes", "nsga2"})
_OTHER_NAMES = {
    "bayes": "tpe",
    "bayesian": "tpe",
    "bayesopt": "tpe",
    "optuna": "tpe",
    "hyperopt": "tpe",
    "gaussianprocess": "gp",
    "cma": "cmaes",
    "nsgaii": "nsga2",
    "nsga": "nsga2",
    "sobol": "qmc",
    "halton": "qmc",
    "quasirandom": "qmc",
    "bruteforce": "grid",
    "variantgenerator": "random",
}
"""What others call a sampler, without `search`, `sampler` and signs: what it is called here."""


class SamplerError(ValueError):
    """No sampler is meant, with what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        """Keep both: the message is that of the error."""
        super().__init__(message)
        self.hint = hint


class SamplerOptions(BaseModel):
    """A sampler with options, which are those of Optuna's class."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: SamplerName
    """Which sampler it is."""

    @property
    def options(self) -> dict[str, Any]:
        """The options by name."""
        return dict(self.__pydantic_extra__ or {})


def meant_by(name: str) -> str | None:
    """Return the sampler that is called so elsewhere."""
    plain = re.sub(r"[^a-z0-9]|search|sampler|optimization|alg$", "", name.lower())
    return plain if plain in _NAMES else _OTHER_NAMES.get(plain)


def _known(given: object) -> object:
    """Return the sampler as given, a mapping without options as its name; SamplerError for an unknown one."""
    if isinstance(given, SamplerOptions):
        return given
    name = given.get("name") if isinstance(given, dict) else given
    every = f"allowed: {listed(_NAMES)}"
    if isinstance(given, dict) and "name" not in given:
        raise SamplerError(f"`{brief(given)}` names no sampler", "write `sampler: {name: tpe, ...}`")
    if not isinstance(name, str):
        raise SamplerError(f"`{brief(name)}` is not the name of a sampler", every)
    if name not in _NAMES:
        other = meant_by(name)
        near = f"write `{other}`;" if other else nearest(name, _NAMES, "")
        raise SamplerError(f"there is no sampler `{name}`", f"{near} {every}".strip())
    return name if isinstance(given, dict) and len(given) == 1 else given


Sampler = Annotated[
    SamplerName | SamplerOptions, BeforeValidator(_known, json_schema_input_type=SamplerName | SamplerOptions)
]


def learns(name: str) -> bool:
    """Say whether a sampler's answers depend on results."""
    return name in _LEARN
