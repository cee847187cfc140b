"""A task as far as its parameters go, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.study.parameters import check

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True)
class Described:
    """A task as far as its parameters go."""

    model: type[BaseModel]
    version: int = 1


def told(model: type[BaseModel], **given: Any) -> list[str]:
    """Return what is wrong with these parameters."""
    return [f"{mistake.keys}: {mistake.message}" for mistake in check(Described(model), given)[1]]


def hint(model: type[BaseModel], **given: Any) -> str:
    """Return what to do about the one thing that is wrong."""
    (mistake,) = check(Described(model), given)[1]
    return str(mistake.hint)


def params(model: type[BaseModel], **given: Any) -> dict[str, Any]:
    """Return all parameters, none of which is wrong."""
    values, mistakes = check(Described(model), given)
    assert mistakes == []
    return values
