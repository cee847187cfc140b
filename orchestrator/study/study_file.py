"""The study file as its author writes it, checked key by key."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from orchestrator.messages.problems import brief
from orchestrator.messages.wording import Mistake, mistakes
from orchestrator.study.axis_values import AxisValues, Value
from orchestrator.study.command import TASK, CommandKeys
from orchestrator.study.objective import Best
from orchestrator.study.sample import Sample
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Megabytes
from orchestrator.study.shape_entry import ShapeEntry
from orchestrator.study.strict import Strict
from orchestrator.study.written_forms import exactly_one
from orchestrator.study.wrong_guesses import Guesses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.messages.problems import Keys, Problems

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=80)]
Kept = Literal["checkpoint", "set-aside", "work"]
"""What a finished trial leaves beside its result and its artifacts."""


def _gathering(value: object) -> object:
    if value is True or (isinstance(value, list) and value and all(isinstance(axis, str) for axis in value)):
        return value
    like = f"[{value}]" if isinstance(value, str) and value else "[seed]"
    raise ValueError(f"`all: {brief(value)}`: write `all: true`, or a list of axes as `all: {like}`")


def _required(value: object) -> object:
    if value == "all" or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError(f"`require: {brief(value)}`: write a whole number from 1 on, or `all`")


class Need(Strict):
    """An edge to the stage whose output is read."""

    stage: str
    """The stage whose trials are needed."""
    when: dict[str, Value] = Field(default_factory=dict)
    """Only for points with these values; a list means any of them."""
    where: dict[str, Value] = Field(default_factory=dict)
    """Axes of the needed stage -> the values that are meant; `${axis}` is the value of an own axis."""
    best: str | Best | None = None
    """Take the best finished trial and its parameters instead of joining on all axes."""
    all: Annotated[Literal[True] | list[str] | None, BeforeValidator(_gathering)] = None
    """Take every trial over these axes; true means all axes that this stage does not have."""
    require: Annotated[Literal["all"] | int | None, BeforeValidator(_required)] = None
    """So many of them must have a result; none given means all."""


def _need(value: object) -> object:
    return {"stage": value} if isinstance(value, str) else value


class StageEntry(CommandKeys, Strict):
    """One task, or one command, over some axes."""

    model_config = ConfigDict(json_schema_extra=exactly_one("task", "command"))

    task: str
    """A module with a function `run`, or a function, as `tasks.gender` or `toy.train`."""
    over: list[str] = Field(default_factory=list)
    """Axes whose values are combined; each is given to the parameter of its name."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Parameters of the task beside the axes; `${axis}` is the value of an axis."""
    needs: dict[str, Annotated[Need, BeforeValidator(_need, json_schema_input_type=str | Need)]] = Field(
        default_factory=dict
    )
    """Name by which the task asks for it -> the stage that is needed, joined on the axes both have."""
    shape: str | None = None
    """The resources of a worker, by their name under `shapes`."""
    keep: list[Kept] = Field(default_factory=list)
    """What `clean` leaves to finished trials; it changes nothing else."""
    search: Search | None = None
    """Parameters that are searched for instead of listed."""
    include: list[dict[str, Value]] = Field(default_factory=list)
    """Points beside the product; without `over` all that there are, and the axes are those that they name."""
    exclude: list[dict[str, Value]] = Field(default_factory=list)
    """Points that are cut, by the values of some axes."""
    zip: list[Annotated[list[str], Field(min_length=2)]] = Field(default_factory=list)
    """Axes that go together, first value with first value."""
    sample: Sample | None = None
    """Of the product only so many settings, drawn at random."""
    axes: dict[str, AxisValues] = Field(default_factory=dict)
    """Axes of this stage alone; filled in when studies are composed. Axes of the study go before them."""

    @model_validator(mode="before")
    @classmethod
    def _runs_a_command(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "command" not in given:
            return given
        if "task" in given:
            raise ValueError("a stage has a `task:` or a `command:`, not both")
        return {**given, "task": TASK}

    def lacks(self, parameter: str) -> str:
        """Return what to say of a parameter that nothing takes."""
        if self.command:
            return f"the command has no `${{{parameter}}}`"
        return f"`{self.task}` has no parameter `{parameter}`"

    @model_validator(mode="after")
    def _over_listed_axes(self) -> StageEntry:
        if self.lists_points and not self.over:
            self.over.extend(dict.fromkeys(axis for point in self.include for axis in point))
        return self

    @property
    def lists_points(self) -> bool:
        """Whether its points are those of `include` alone."""
        return bool(self.include) and "over" not in self.model_fields_set


class Code(Strict):
    """What of the project is copied for the workers."""

    largest_file: Megabytes = 10
    """Larger files stay behind, as `50MB`; a number is megabytes."""


class StudyFile(Strict):
    """A whole study after `extends` and `studies` were followed."""

    study: Name
    """The name of the study."""
    axes: dict[str, AxisValues] = Field(default_factory=dict)
    """Axis -> a list of values, numbers as `{from: 1, to: 9, num: 5}`, or records with names."""
    shapes: dict[str, ShapeEntry] = Field(default_factory=dict)
    """Name -> the resources of a worker."""
    stages: dict[Name, StageEntry] = Field(min_length=1)
    """Name -> a task, or a command, over some axes."""
    report: str | list[str] | None = None
    """Files of table definitions, relative to the study file."""
    code: Code = Field(default_factory=Code)
    """What of the project is copied for the workers."""

    @property
    def reports(self) -> tuple[str, ...]:
        """Those files, however many are named."""
        return (self.report,) if isinstance(self.report, str) else tuple(self.report or ())


_FOLLOWED = ("extends", "studies")
"""Keys of the top that are followed before the rest is checked."""


def checked(data: Mapping[str, Any], problems: Problems) -> tuple[StudyFile | None, frozenset[Keys]]:
    """Return the study file without its wrong parts, and the axes, shapes and stages left out.

    The rest goes on to later checks, so that one round of corrections is enough.
    Returns no file where too little is left.
    """
    rest: dict[str, Any] = copy.deepcopy(dict(data))
    own: dict[str, type[BaseModel]] = {"study": StudyFile, "stage": StageEntry, "search": Search}
    names = {place: [*model.model_fields] for place, model in own.items()}
    left_out = Guesses(names, problems).read(rest)
    while True:
        try:
            return StudyFile.model_validate(rest), frozenset(left_out)
        except ValidationError as error:
            found = mistakes(error, rest, StudyFile, _FOLLOWED)
        for mistake in found:
            problems.add(mistake.keys, mistake.message, mistake.hint)
        cuts = {_cut(mistake) for mistake in found}
        if () in cuts:
            return None, frozenset(left_out)
        for cut in cuts:
            _remove(rest, cut)
        left_out |= cuts
        rest.setdefault("study", "unnamed")
        if not rest.get("stages"):
            return None, frozenset(left_out)


def _cut(mistake: Mistake) -> Keys:
    """Return what has to go with the wrong part."""
    if mistake.unknown_key and all(isinstance(key, str) for key in mistake.keys):
        return mistake.keys
    if mistake.keys[:1] in (("axes",), ("shapes",), ("stages",)):
        return mistake.keys[:2]
    return mistake.keys[:1] if mistake.keys[:1] in (("code",), ("report",), ("study",)) else ()


def _remove(data: dict[str, Any], keys: Keys) -> None:
    here: Any = data
    for key in keys[:-1]:
        here = here.get(key, {})
    here.pop(keys[-1], None)
