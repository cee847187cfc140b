"""The pairs of docs/coming_from.md: files of another tool, and those of the study that says the same."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.study.axis_values import Records
from orchestrator.study.read import Read
from orchestrator.study.searches.search import Search
from orchestrator.study.searches.space import Range
from orchestrator.study.searches.tree import Choice, every
from orchestrator.study.study import Point, Stage

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coming_from.md"

Combination = dict[str, Any]
Combinations = dict[str, list[Combination]]
"""Stage -> what each of its runs is given."""


@dataclass(frozen=True)
class File:
    """A block of the page: its language and what stands in it; its name where the text before it says so."""

    name: str
    language: str
    text: str

    @property
    def lines(self) -> int:
        """How many lines say something."""
        return sum(bool(line.strip()) and not line.strip().startswith("#") for line in self.text.splitlines())


@dataclass(frozen=True)
class Pair:
    """A tool's section."""

    tool: str
    there: tuple[File, ...]
    here: tuple[File, ...]

    @property
    def row(self) -> str:
        """Its line of the table of lines."""
        counts = (sum(file.lines for file in side) for side in (self.there, self.here))
        return f"| {self.tool} | {' | '.join(map(str, counts))} |"

    @property
    def study(self) -> File:
        """The study file."""
        return self.here[-1]


def read_pairs(page: str) -> list[Pair]:
    """Return the pairs of a page in its order."""
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    return [_pair(section) for section in sections if "**There**" in section]


def _pair(section: str) -> Pair:
    tool, _, body = section.partition("\n")
    there, _, here = body.partition("**Here**")
    return Pair(tool, tuple(_files(there.partition("**There**")[2])), tuple(_files(here)))


def _files(text: str) -> Iterable[File]:
    names = re.findall(r"`(\S+\.\w+|Snakefile)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for language, block in re.findall(r"```(\w+)\n(.*?)```", text, flags=re.DOTALL):
        if written := re.match(r"# (\S+/\S+)\n", block):
            yield File(written[1], language, block[written.end() :])
        else:
            yield File("" if language == "bash" else names.pop(0), language, block)


def of_study(read: Read) -> Combinations:
    """Return what tells the trials of a stage apart and what they are given, their command aside.

    The names of records are left out: their fields stand for them. Of a search it is what is asked of it.
    """
    named = {"command", *(axis for axis, values in read.file.axes.items() if isinstance(values, Records))}
    return {
        stage.name: [_given(stage, point, named) for point in stage.points] for stage in read.study.stages
    }


def _given(stage: Stage, point: Point, left_out: Collection[str]) -> Combination:
    axes = {axis: value for axis, value in point.axes.items() if axis not in left_out}
    params = {name: value for name, value in point.params.items() if name != "command"}
    return axes | params | (_asked(stage.search) if stage.search else {})


def _asked(search: Search) -> Combination:
    wanted = [{each.direction: each.metric} for each in search.objectives]
    objective: Combination = wanted[0] if len(wanted) == 1 else {"objective": wanted}
    more = {"constraints": search.constraints, "enqueue": search.enqueue}
    return {
        "trials": search.trials,
        **objective,
        **{key: value for key, value in more.items() if value},
        **{one.label: _values(one) for one in every(search.space)},
    }


def _values(choice: Choice) -> Any:
    """Return what is chosen from; in a branch with the values that it stands below."""
    values = choice.values
    found = [values.low, values.high] if isinstance(values, Range) else {"choices": values}
    return {"with": dict(choice.where), "values": found} if choice.where else found


def sets(combinations: Combinations) -> dict[str, list[str]]:
    """Return the combinations as sets that can be compared; `1` and `1.0` are the same."""
    return {
        stage: sorted({json.dumps(_alike(each), sort_keys=True) for each in found})
        for stage, found in combinations.items()
    }


def _alike(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _alike(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_alike(part) for part in value]
    return float(f"{value:.9g}") if isinstance(value, int | float) and not isinstance(value, bool) else value
