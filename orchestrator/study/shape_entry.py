"""A shape as the study file writes it: its values may be those of axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ModelWrapValidatorHandler, PrivateAttr, model_validator

from orchestrator.study.matrix import referred, substituted
from orchestrator.study.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping


class ShapeEntry(Shape):
    """A shape whose values may say `${axis}`: those are others at each point."""

    _later: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _put_off(cls, given: Any, handler: ModelWrapValidatorHandler[ShapeEntry]) -> ShapeEntry:
        """Check what is the same everywhere; the rest is checked at the points."""
        if not isinstance(given, dict):
            return handler(given)
        later = {key: value for key, value in given.items() if key in cls.model_fields and referred(value)}
        entry = handler({key: value for key, value in given.items() if key not in later})
        entry._later.update(later)
        if entry.gpu and not entry.gpus and "gpus" not in later:
            raise ValueError(f"`gpu: {entry.gpu}` says of which type, and `gpus:` how many: add `gpus: 1`")
        return entry

    @property
    def later(self) -> Mapping[str, Any]:
        """Key -> what is written there, of those that refer to axes."""
        return self._later

    @property
    def references(self) -> set[str]:
        """What its values refer to."""
        return referred(self._later)

    def at(self, reach: Mapping[str, Any]) -> Shape:
        """Return the shape at a point where `${...}` reaches so much; ValidationError where it is none."""
        return Shape.model_validate({**self.model_dump(), **substituted(self._later, reach)})
