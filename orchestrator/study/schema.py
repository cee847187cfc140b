"""Plain values against the study file's keys, telling all that is wrong and going on with the rest."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from orchestrator.messages.wording import Fault, faults
from orchestrator.study.study_file import StudyFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.messages.problems import Keys, Problems

ALSO = ("extends", "studies")
"""Keys of the top that are followed before the rest is checked."""


def checked(data: Mapping[str, Any], problems: Problems) -> tuple[StudyFile | None, frozenset[Keys]]:
    """Return the study file without its wrong parts, and the axes, shapes and stages left out.

    The rest goes on to later checks, so that one round of corrections is enough.
    Returns no file where too little is left.
    """
    rest: dict[str, Any] = copy.deepcopy(dict(data))
    left_out: set[Keys] = set()
    while True:
        try:
            return StudyFile.model_validate(rest), frozenset(left_out)
        except ValidationError as error:
            found = faults(error.errors(include_url=False), rest, StudyFile, ALSO)
        for fault in found:
            problems.add(fault.keys, fault.message, fault.hint)
        cuts = {_cut(fault) for fault in found}
        if () in cuts:
            return None, frozenset(left_out)
        for cut in cuts:
            _remove(rest, cut)
        left_out |= cuts
        rest.setdefault("study", "unnamed")
        if not rest.get("stages"):
            return None, frozenset(left_out)


def _cut(fault: Fault) -> Keys:
    """Return what has to go with the wrong part."""
    if fault.unknown_key and all(isinstance(key, str) for key in fault.keys):
        return fault.keys
    if fault.keys[:1] in (("axes",), ("shapes",), ("stages",)):
        return fault.keys[:2]
    return fault.keys[:1] if fault.keys[:1] in (("report",), ("study",)) else ()


def _remove(data: dict[str, Any], keys: Keys) -> None:
    here: Any = data
    for key in keys[:-1]:
        here = here.get(key, {})
    here.pop(keys[-1], None)
