"""What `--where` says: which trials are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.evidence.state import State
from orchestrator.files.yaml_file import parse_value
from orchestrator.messages.errors import StudyFileError, UserError
from orchestrator.messages.problems import listed, nearest, shown
from orchestrator.report.trial_rows import chosen
from orchestrator.study.names import stages_called
from orchestrator.study.trial import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.trial_rows import TrialRows

_FORM = "write --where AXIS=VALUE, or AXIS=VALUE,VALUE for any of them"
_MOST_SHOWN = 10


def where(found: TrialRows, stages: Sequence[str], given: Sequence[str]) -> TrialRows:
    """Return the rows that were asked for; several values of a column mean any of them.

    Raises UserError with everything that no trial has.
    """
    wanted: dict[str, list[Any]] = {}
    wrong: list[UserError] = []
    for text in given:
        try:
            column, values = _condition(text, found, stages)
            wanted.setdefault(column, []).extend(values)
        except UserError as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        told = [f"- {one}\n    hint: {one.hint}" for one in wrong]
        raise UserError("\n".join([f"{len(wrong)} of what --where says is wrong:", *told]))
    return chosen(found, wanted)


def _condition(text: str, found: TrialRows, stages: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the column and the wanted values of one `COLUMN=VALUE,VALUE`."""
    column, equals, raw = (part.strip() for part in text.partition("="))
    if not equals or not column or not raw:
        raise UserError(f"--where {text}: that is no condition", hint=_FORM)
    values = _values(text, raw)
    if column == "stage":
        return column, [stage for value in values for stage in stages_called(shown(value), stages)]
    if column == "state":
        return column, [_state(value) for value in values]
    possible = [*found.axes, *found.params]
    if column not in possible:
        hint = nearest(column, ["stage", "state", *possible])
        raise UserError(f"--where {text}: no trial has an axis or a parameter `{column}`", hint=hint)
    for value in values:
        _check(text, column, value, found)
    return column, values


def _values(text: str, raw: str) -> list[Any]:
    """Return the values as the study file would have them."""
    try:
        values: list[Any] = parse_value(f"[{raw}]", f"--where {text}")
    except StudyFileError as error:
        told = "; ".join(problem.message for problem in error.problems)
        raise UserError(f"--where {text}: {told}", hint="put a text with such signs in quotes") from None
    return values


def _state(value: Any) -> str:
    given = shown(value).upper()
    if given not in State.__members__:
        raise UserError(f"there is no state `{shown(value)}`", hint=nearest(given, State))
    return given


def _check(text: str, column: str, value: Any, found: TrialRows) -> None:
    """Raise UserError where no trial has the value."""
    if chosen(found, {column: [value]}).rows:
        return
    known = list(dict.fromkeys(_spelt(row[column]) for row in found.rows if column in row))
    more = f" and {len(known) - _MOST_SHOWN} more" * (len(known) > _MOST_SHOWN)
    hint = f"there are {listed(known[:_MOST_SHOWN])}{more}"
    if isinstance(value, str):
        hint = nearest(_spelt(value), known, hint)
    raise UserError(f"--where {text}: no trial has {column} = {_spelt(value)}", hint=hint)


def _spelt(value: Any) -> str:
    """Return a value as it is typed: a text that looks like a number in quotes."""
    return quoted(value) if isinstance(value, str) else shown(value)
