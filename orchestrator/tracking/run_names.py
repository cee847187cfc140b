"""What MLflow calls the run of a trial: what tells it from others of its stage, in a narrow column."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.study.matrix import comparable
from orchestrator.study.trial import quoted
from orchestrator.tracking.naming import LONGEST_NAME, cut, point_of, short_stage, value_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.study.plan import Plan
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial

SEEN = (17, 20)
"""Letters of a name that MLflow shows beside charts, and in its table."""
_LETTERS = (None, 5, 4, 3, 2, 1)
"""Letters that a shortened word keeps at least, tried one after the other; at first all."""
_SHORTEST = 2
"""Letters; where words have to be so short, each letter counts."""
_FEWEST_DIGITS, _MOST_DIGITS = 4, 17
"""Of numbers; so many tell any two of them apart."""
_SEED = "seed"


def run_names(study: Study, plan: Plan) -> dict[str, str]:
    """Return what each trial is called, as `vgg16 lfw lr=0.1 s0`, by its id; as in its first stage if shared.

    Names of a stage say only what its trials differ in, the seed last. Words are shortened where names
    would be alike as far as MLflow shows them.
    """
    numbers = {
        trial.id: answer.number
        for opening in plan.openings
        for answer in reversed(opening.answers)  # what was proposed again is called as it was at first
        for trial in answer.trials
    }
    names: dict[str, str] = {}
    for stage in study.stages:
        trials = list({trial.id: trial for trial in plan.of(stage.name)}.values())
        names = _of_stage(stage, short_stage(study, stage.name), trials, numbers) | names
    return names


def _of_stage(
    stage: Stage, short: str, trials: Sequence[Trial], numbers: Mapping[str, int]
) -> dict[str, str]:
    if len(trials) == 1 and stage.search is None:
        return {trials[0].id: short}
    points = {trial.id: point_of(stage, trial) for trial in trials}
    columns = _columns(points.values(), stage.search.names if stage.search else ())
    forms: list[dict[str, str]] = []
    for letters in _LETTERS:
        words = [(column, column.words(letters)) for column in columns]
        names = {name: _name(point, words, numbers.get(name)) or short for name, point in points.items()}
        if _are_apart(names.values(), min(SEEN)):
            return names
        forms.append(names)
    apart = [names for names in forms if _are_apart(names.values(), max(SEEN))]
    return _told_apart([*apart, forms[-1]][0])


def _are_apart(names: Collection[str], letters: int) -> bool:
    return len({name[:letters] for name in names}) == len(names)


def _name(
    point: Mapping[str, Any], columns: Sequence[tuple[_Column, Mapping[object, str]]], number: int | None
) -> str:
    """Return the words of a point: its axes, the number of a search's answer and what it chose, the seed."""
    own = [(column, words) for column, words in columns if column.name in point]
    said = [words[comparable(point[column.name])] for column, words in own]
    if number is not None:
        said.insert(sum(not column.searched and column.name != _SEED for column, _ in own), f"#{number}")
    return cut(" ".join(said), LONGEST_NAME)


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names, with the beginning of the trial's id where two would be called alike."""
    taken = Counter(names.values())
    return {
        identity: name if taken[name] == 1 else f"{cut(name, LONGEST_NAME - 7)} {identity[:6]}"
        for identity, name in names.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """What trials of a stage differ in, and how its values are written in their names."""

    name: str
    names: tuple[str, ...]
    """Those of all columns."""
    values: Mapping[object, Any]
    """The values by what makes them comparable."""
    elsewhere: frozenset[str]
    """Texts that are values of other columns too."""
    searched: bool

    def words(self, letters: int | None) -> dict[object, str]:
        """Return the values as words, with the name where it takes that to understand them; shortened."""
        name = self.name if letters is None else _shortest(self.name, self.names, letters)
        texts = [one for one in self.values.values() if isinstance(one, str)]
        digits = _digits([one for one in self.values.values() if _is_number(one)])
        found: dict[object, str] = {}
        for key, value in self.values.items():
            if self.name == _SEED:
                found[key] = f"s{value}"
            elif isinstance(value, bool) and letters is not None:
                found[key] = f"{'+' if value else '-'}{name}"
            elif isinstance(value, str) and quoted(value) == value and value not in self.elsewhere:
                found[key] = value if letters is None else _shortest(value, texts, letters)
            elif _is_number(value):
                found[key] = f"{name}={_few_letters(f'{value:.{digits}g}')}"
            else:
                found[key] = f"{name}={value_text(value)}"
        return found


def _columns(points: Collection[Mapping[str, Any]], searched: Collection[str]) -> list[_Column]:
    """Return what these points differ in, what is searched after what is not, and the seed last."""
    values: dict[str, dict[object, Any]] = {}
    having: Counter[str] = Counter()
    for point in points:
        having.update(point.keys())
        for name, value in point.items():
            values.setdefault(name, {})[comparable(value)] = value
    differ = [
        name
        for name, found in values.items()
        if len(found) > 1 or having[name] < len(points) or name in searched
    ]
    ordered = sorted(differ, key=lambda name: (name == _SEED, name in searched))
    texts = {name: {one for one in values[name].values() if isinstance(one, str)} for name in ordered}
    return [
        _Column(
            name=name,
            names=tuple(ordered),
            values=values[name],
            elsewhere=frozenset().union(*(found for other, found in texts.items() if other != name)),
            searched=name in searched,
        )
        for name in ordered
    ]


def _shortest(word: str, words: Collection[str], fewest: int) -> str:
    """Return the first letters of a word that tell it from the others; a single letter is not worth it."""
    others = [other for other in words if other != word]
    for end in range(fewest, len(word) - (fewest > _SHORTEST)):
        if not any(other.startswith(word[:end]) for other in others):
            return word[:end]
    return word


def _digits(numbers: Collection[float]) -> int:
    """Return how many digits tell these numbers apart, four at least."""
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS):
        if len({f"{number:.{digits}g}" for number in numbers}) == len(set(numbers)):
            return digits
    return _MOST_DIGITS


def _few_letters(number: str) -> str:
    """Return a number with few letters: `1e-4` for `0.0001` and for `1e-04`, but `0.003` as it is."""
    digits, exponent = f"{float(number):.15e}".split("e")
    powers = f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    plain = "e" not in number and len(number) <= len(powers) + 1
    return number if plain or len(number) < len(powers) else powers


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
