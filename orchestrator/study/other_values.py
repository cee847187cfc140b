"""Values as other tools write them, and what they are here: `range(3)`, `{min: 0, max: 1}`."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CALL = re.compile(r"\s*([A-Za-z_.]+)\(([^()]*)\)\s*")
_FROM_TO = re.compile(r"\s*(\d+)\s*(?:-|\.\.)\s*(\d+)\s*")
_CHOICES = ("values", "choices", "options", "categories")
_LOWS = ("min", "low", "from", "lower", "start", "minimum")
_HIGHS = ("max", "high", "to", "upper", "stop", "end", "maximum")
_SCALES = ("distribution", "type", "scale", "sampling", "prior")
_WORDS = frozenset({*_CHOICES, *_LOWS, *_HIGHS, *_SCALES, "value", "q"})
_OURS = {"space": {"low", "high", "log", "step"}, "axes": {"from", "to", "num", "step", "log", "low", "high"}}
"""What is said of numbers under `space:` of a search, and under an axis."""
_MOST_LISTED = 10
"""Numbers that are written one by one."""
_SOME = 5
"""Numbers of an axis where nobody said how many."""


class Interval(NamedTuple):
    """Numbers between two ends."""

    low: float
    high: float
    log: bool = False
    num: int | None = None
    step: float | None = None


Meant = list[Any] | Interval


def other_keys(given: object, place: str) -> list[str]:
    """Return the keys of a mapping of numbers or choices that are called otherwise at `place`."""
    if not isinstance(given, dict) or any(isinstance(part, dict) for part in given.values()):
        return []
    return [key for key in given if key in _WORDS and key not in _OURS[place]]


def rejoin(part: dict[str, Any]) -> None:
    """Put together again what YAML cut at its commas: `{lr: choice(1,2)}` has the keys `lr` and `2)`."""
    names = list(part)
    for place, name in enumerate(names):
        if not isinstance(part.get(name), str) or "(" not in part[name] or ")" in part[name]:
            continue
        rest = list(itertools.takewhile(lambda key: part[key] is None, names[place + 1 :]))
        end = next((index for index, key in enumerate(rest) if key.endswith(")")), None)
        if end is not None:
            part[name] = ",".join([part[name], *rest[: end + 1]])
            for key in rest[: end + 1]:
                del part[key]


def meant(given: object) -> Meant | None:
    """Return the values or the interval that a mapping or a text means; None where it is none we know."""
    if isinstance(given, dict):
        return _of_mapping(given)
    return _of_text(given) if isinstance(given, str) else None


def as_space(value: Meant) -> Any:
    """Return what is written under `space:` of a search for it."""
    if not isinstance(value, Interval):
        return value
    ends: dict[str, Any] = {"low": value.low, "high": value.high}
    return ends | ({"log": True} if value.log else {"step": value.step} if value.step else {})


def as_axis(value: Meant) -> Any:
    """Return what is written under an axis for it."""
    if not isinstance(value, Interval):
        return _written(value)
    ends: dict[str, Any] = {"from": value.low, "to": value.high}
    if value.step and not value.log:
        return ends | {"step": value.step}
    return ends | {"num": value.num or _SOME} | ({"log": True} if value.log else {})


def counted(count: int) -> Any:
    """Return what is written under an axis for the whole numbers below a count."""
    return _written(list(range(count)))


def _written(values: list[Any]) -> Any:
    """Return a list, or its ends where it is a long one of even numbers."""
    if len(values) <= _MOST_LISTED or not all(isinstance(value, int) for value in values):
        return values
    step = values[1] - values[0]
    even = values == list(range(values[0], values[-1] + (1 if step > 0 else -1), step)) if step else False
    return {"from": values[0], "to": values[-1], "step": step} if even else values


def _of_mapping(given: dict[str, Any]) -> Meant | None:
    choices = next((given[key] for key in _CHOICES if isinstance(given.get(key), list)), None)
    if choices is not None:
        return list(choices)
    if "value" in given:
        return [given["value"]]
    low, high = (next((given[key] for key in keys if key in given), None) for keys in (_LOWS, _HIGHS))
    log = bool(given.get("log")) or any("log" in str(given.get(key)) for key in _SCALES)
    found, num, step = _interval(low, high, log=log), given.get("num"), given.get("step", given.get("q"))
    if found is None:
        return None
    return found._replace(
        num=num if isinstance(num, int) and num > 1 else None,
        step=step if isinstance(step, int | float) and step > 0 else None,
    )


def _interval(low: Any, high: Any, *, log: bool = False) -> Interval | None:
    """Return the interval where it is one: the ends of a log scale may be exponents elsewhere."""
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in (low, high))
    if not numbers or low >= high or (log and low <= 0):
        return None
    return Interval(low, high, log)


def _of_text(given: str) -> Meant | None:
    if call := _CALL.fullmatch(given):
        name = call[1].rpartition(".")[2].lower().replace("_", "")
        arguments = [_scalar(part) for part in call[2].split(",") if part.strip()]
        return _CALLS[name](arguments) if name in _CALLS else None
    if ends := _FROM_TO.fullmatch(given):
        first, last = int(ends[1]), int(ends[2])
        return list(range(first, last + 1)) if first < last < first + 10_000 else None
    parts = [_scalar(part) for part in given.split(",")]
    return parts if len(parts) > 1 and all(part != "" for part in parts) and "(" not in given else None


def _scalar(text: str) -> Any:
    """Return a number where the text is one, else the text without its quotation marks."""
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip("'\"")


def _range(arguments: Sequence[Any]) -> Meant | None:
    whole = 1 <= len(arguments) <= 3 and all(isinstance(value, int) for value in arguments)
    if not whole or arguments[2:] == [0]:
        return None
    numbers = range(*arguments)
    return list(numbers) if 0 < len(numbers) <= 10_000 else None


def _between(arguments: Sequence[Any]) -> Meant | None:
    return _interval(arguments[0], arguments[1]) if len(arguments) >= 2 else None


def _between_log(arguments: Sequence[Any]) -> Meant | None:
    return _interval(arguments[0], arguments[1], log=True) if len(arguments) >= 2 else None


def _suggested(arguments: Sequence[Any]) -> Meant | None:
    """Return what `suggest_float('lr', 1e-5, 1e-1, log=True)` means, or such a call for whole numbers."""
    plain = [one for one in arguments if not isinstance(one, str)]
    options = {one.replace(" ", "") for one in arguments if isinstance(one, str)}
    return _interval(plain[0], plain[1], log="log=True" in options) if len(plain) == 2 else None


def _spaced(arguments: Sequence[Any]) -> Meant | None:
    found = _between(arguments)
    count = arguments[2] if len(arguments) == 3 and isinstance(arguments[2], int) else None
    return found._replace(num=count) if isinstance(found, Interval) and (count is None or count > 1) else None


_CALLS: dict[str, Callable[[Sequence[Any]], Meant | None]] = {
    "range": _range,
    "arange": _range,
    "linspace": _spaced,
    **dict.fromkeys(("choice", "choices", "categorical", "gridsearch"), lambda values: [*values] or None),
    **dict.fromkeys(("uniform", "quniform", "interval", "randint", "int", "float"), _between),
    **dict.fromkeys(("suggestfloat", "suggestint"), _suggested),
    **dict.fromkeys(("loguniform", "qloguniform", "loginterval", "lograndint"), _between_log),
}
