"""A resolved study: what a study file means once everything in it is decided that the file can decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from orchestrator.study.matrix import substituted
from orchestrator.study.objective import RANK, Best
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.strict import Strict
from orchestrator.study.study_file import Kept
from orchestrator.study.trial import FreshSince

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.study.trial import Trial


class Point(Strict):
    """One combination of a stage's axes with its checked parameters."""

    axes: dict[str, Any]
    """Axis -> value, `seed` included when it is one."""
    seed: int
    params: dict[str, Any]
    """Every parameter of the task, defaults filled in, except those that a search or a best need sets."""
    missing: tuple[str, ...] = ()
    """What the task does not find: filled in by `submit --skip-missing-data`, which skips such a point."""
    shape: Shape | None = Field(default=None, exclude_if=lambda shape: shape is None)
    """What its workers must have; None where that is what the stage says. It is no part of the trial."""

    def with_seed(self, seed: int | None) -> Point:
        """Return the point with a seed that a search tries its answers with; None changes nothing."""
        if seed is None:
            return self
        params = {**self.params, "seed": seed} if "seed" in self.params else self.params
        return self.model_copy(update={"axes": {**self.axes, "seed": seed}, "seed": seed, "params": params})


class Edge(Strict):
    """A need with everything about it decided that the file can decide."""

    name: str
    stage: str
    when: dict[str, Any] = Field(default_factory=dict)
    best: Best | None = None
    inherits: tuple[str, ...] = ()
    """Parameters taken from the best trial."""
    where: dict[str, Any] = Field(default_factory=dict, exclude_if=lambda where: not where)
    """Values of axes that are meant instead of the point's own; `${axis}` is one of those."""
    all: tuple[str, ...] | None = Field(default=None, exclude_if=lambda axes: axes is None)
    """Axes, and searched parameters, over which every trial is gathered; None where one trial is needed."""
    searched: bool = Field(default=False, exclude_if=lambda searched: not searched)
    """Whether the needed stage is a search with seeds: settings differ in parameters that are no axes."""
    require: int | None = Field(default=None, exclude_if=lambda count: count is None)
    """So many of those gathered must have a result; None means all."""

    def aims_at(self, axes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that the needed trials have at a point of this stage, as far as it says."""
        free = {*(self.all or ()), *([RANK] if self.best and self.best.top else [])}
        own = {axis: value for axis, value in axes.items() if axis not in free}
        return own | {axis: substituted(value, axes) for axis, value in self.where.items()}

    def joins_on(self, axes: Mapping[str, Any]) -> dict[str, Any]:
        """Return those that limit what is compared: not those of axes that a mean is over."""
        averaged = self.best.mean if self.best else ()
        return {axis: value for axis, value in self.aims_at(axes).items() if axis not in averaged}

    def place(self, axes: Mapping[str, Any]) -> int:
        """Return how many of the best trials a point of this stage leaves to others, by its rank."""
        return int(axes[RANK]) - 1 if self.best and self.best.top else 0


class Stage(Strict):
    """A stage as workers see it: no task has to be imported to expand it."""

    name: str
    task: str
    version: int
    fresh: FreshSince = ""
    shape: Shape
    """That of all points that have none of their own."""
    shape_name: str | None = None
    """What the file calls the shape; None where it names none."""
    points: tuple[Point, ...]
    needs: tuple[Edge, ...] = ()
    search: Search | None = None
    """Only searches that ask as they go; a grid is already in `points`."""
    keep: tuple[Kept, ...] = ()
    """What `clean` leaves to finished trials."""

    @property
    def trials_per_point(self) -> int:
        """How many trials a point stands for: those that its search is asked for, else one."""
        return (self.search.trials or 0) * len(self.search.tried_with) if self.search else 1

    def tried(self, point: Point) -> tuple[Point, ...]:
        """Return a point once for each seed that its search tries an answer with, else as it is."""
        return tuple(map(point.with_seed, self.search.tried_with)) if self.search else (point,)

    def shape_of(self, one: Point | Trial) -> Shape:
        """Return the shape of one of its points or trials."""
        return one.shape or self.shape

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of its points, each once."""
        return tuple(dict.fromkeys(map(self.shape_of, self.points)))

    def with_shapes(self, changed: Callable[[Shape], Shape]) -> Stage:
        """Return the stage with other shapes."""
        points = tuple(
            point.model_copy(update={"shape": changed(point.shape)}) if point.shape else point
            for point in self.points
        )
        return self.model_copy(update={"shape": changed(self.shape), "points": points})


class Study(Strict):
    """A resolved study: stages in an order in which needs come first."""

    name: str
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage:
        """Return the stage of that name."""
        return next(stage for stage in self.stages if stage.name == name)

    def with_shapes(self, changed: Callable[[Shape], Shape]) -> Study:
        """Return the study with other shapes; its trials stay the same ones."""
        return self.model_copy(update={"stages": tuple(stage.with_shapes(changed) for stage in self.stages)})
