"""A study file with guesses in it: each is told with what to write instead, and read as what it means."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import brief, dotted, listed, shown
from orchestrator.study.other_values import as_axis, as_space, counted, meant, other_keys, rejoin
from orchestrator.study.other_words import (
    OF_OBJECTIVE,
    in_form,
    instead,
    needs_form,
    objective_form,
    words_at,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from orchestrator.messages.problems import Keys, Problems

_SCALAR = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Guesses:
    """Reads what was guessed; `own` names the keys of a study, a stage and a search."""

    own: Mapping[str, Collection[str]]
    problems: Problems

    def read(self, data: dict[str, Any]) -> set[Keys]:
        """Put what is meant in the place of what was guessed, and return the keys that are left out."""
        gone = self._keys(data, (), "study")
        self._axes(data, ())
        stages = _mappings(data.get("stages"))
        for name, entry in stages.items():
            keys, needs = ("stages", name), entry.get("needs")
            gone |= self._keys(entry, keys, "stage")
            self._axes(entry, keys)
            self._needs(entry, keys)
            if entry.get("needs") is not needs and isinstance(entry["needs"], dict):
                entry["needs"] = _composed(entry["needs"], name, stages)
            if isinstance(search := entry.get("search"), dict):
                self._objective(search, (*keys, "search"))
                gone |= self._keys(search, (*keys, "search"), "search")
                self._space(search.get("space"), (*keys, "search", "space"))
        return gone

    def _keys(self, part: dict[str, Any], keys: Keys, place: str) -> set[Keys]:
        """Rename the keys of other tools where the same is meant, and remove the other ones."""
        words = words_at(place)
        gone: set[Keys] = set()
        for key in [key for key in part if key not in self.own[place]]:
            hint = (
                instead(key, part[key], words[key]) if key in words else self._as_parameter(part, key, place)
            )
            if hint is None:
                continue
            self.problems.add((*keys, key), f"unknown key `{key}`", hint)
            value = part.pop(key)
            gone.add((*keys, key))
            own = words[key].key if key in words else ""
            if own and own not in part and not (own == "command" and "task" in part):
                part[own] = in_form(value, words[key])
        return gone

    def _as_parameter(self, part: Mapping[str, Any], key: str, place: str) -> str | None:
        """Say where a parameter is written that stands beside the keys of a stage, or of the study."""
        value = part[key]
        alike = difflib.get_close_matches(key, self.own[place], n=1)
        if alike or place == "search" or not isinstance(value, _SCALAR if place == "study" else object):
            return None
        example = f"write `params: {{{key}: {brief(value)}}}`"
        if place == "study":
            return f"a parameter stands in the stages, {example} in each stage, or its values under `axes:`"
        return f"a parameter stands under `params:`, {example}"

    def _axes(self, part: Mapping[str, Any], keys: Keys) -> None:
        """Note axes that are written as elsewhere, and read them."""
        axes = part.get("axes")
        if not isinstance(axes, dict):
            return
        rejoin(axes)
        for axis, given in list(axes.items()):
            place, wrong = (*keys, "axes", axis), other_keys(given, "axes")
            found = meant(given) if wrong or isinstance(given, str) else None
            if found is not None:
                axes[axis] = as_axis(found)
                self._tell(place, given, wrong, axes[axis], "a list")
            elif given is None:
                hint = f"write `{axis}: [VALUE, VALUE]`; `{axis}: [null]` is the value null"
                self.problems.add(place, "`null` is empty, but must be a list", hint)
            elif axis == "seed" and isinstance(given, int) and not isinstance(given, bool) and given > 1:
                hint = f"write `[{given}]`, or `{shown(counted(min(given, 10_000)))}` for {given} seeds"
                self.problems.add(place, f"`{given}` is a number, but must be a list", hint)

    def _space(self, space: Any, keys: Keys) -> None:
        """Note searched parameters that are written as elsewhere, and read them."""
        if not isinstance(space, dict):
            return
        rejoin(space)
        for name, given in list(space.items()):
            for branch, inside in given.items() if isinstance(given, dict) else ():
                self._space(inside, (*keys, name, str(branch)))
            wrong = other_keys(given, "space")
            found = meant(given) if wrong or isinstance(given, str) else None
            if isinstance(given, int | float) and not isinstance(given, bool):
                found = [given]
            if found is not None:
                space[name] = as_space(found)
                self._tell((*keys, name), given, wrong, space[name], "a list or a mapping (`key: value`)")

    def _tell(self, keys: Keys, given: Any, wrong: list[str], written: Any, wanted: str) -> None:
        kind = "text" if isinstance(given, str) else "a number"
        message = f"`{brief(given)}` is {kind}, but must be {wanted}"
        if wrong:
            message = f"unknown key{'s' * (len(wrong) > 1)} {listed(wrong)}"
        self.problems.add(keys, message, f"write `{keys[-1]}: {brief(written)}`")

    def _objective(self, search: dict[str, Any], keys: Keys) -> None:
        """Note a metric and a direction that do not stand as an objective, and read them."""
        given, place = search.get("objective"), (*keys, "objective")
        wrong = [key for key in given if key in OF_OBJECTIVE] if isinstance(given, dict) else []
        if "objective" not in search:
            wrong = [key for key in search if key in (*OF_OBJECTIVE, "minimize", "maximize")]
            given = {key: search.pop(key) for key in wrong}
            place = (*keys, *wrong[:1])
        bare = given if isinstance(given, list) else [given]
        if not wrong and not any(isinstance(one, str) for one in bare):
            return
        search["objective"] = objective_form(given)
        message = f"`{brief(given)}` is text, but must be a mapping (`key: value`)"
        if isinstance(given, list):
            message = f"`{brief(given)}` has texts in it, but must have mappings (`key: value`)"
        if wrong:
            message = f"unknown key{'s' * (len(wrong) > 1)} {listed(wrong)}"
        self.problems.add(place, message, f"write `objective: {brief(search['objective'])}`")

    def _needs(self, entry: dict[str, Any], keys: Keys) -> None:
        """Note needs without names, and give each the name of its stage."""
        given = entry.get("needs")
        if isinstance(given, str | list) and isinstance(read := needs_form(given), dict):
            kind = "text" if isinstance(given, str) else "a list"
            message = f"`{brief(given)}` is {kind}, but must be a mapping (`key: value`)"
            self.problems.add((*keys, "needs"), message, f"write `needs: {brief(read)}`")
            entry["needs"] = read


def key_of_the_stage(keys: Keys, value: Any, problems: Problems) -> tuple[Keys, str]:
    """Return where a key of the stage is written that was given among its parameters, and what to do."""
    stage, inside = keys[:2], keys
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        inside = (*inside, key)
    what = f"`{keys[-1]}` is a key of the stage"
    if not problems.where(inside).startswith("--set "):
        return keys, f"{what}: write it beside `params:`"
    return inside, f"{what}: type `--set {dotted((*stage, *inside[3:]))}={shown(value)}`"


def _composed(needs: Mapping[str, Any], stage: str, stages: Collection[str]) -> dict[str, Any]:
    """Return needs as they are named in a composed study: stages have the prefix of their own study."""
    prefix = stage.rpartition(".")[0]
    names = {need: f"{prefix}.{given}" for need, given in needs.items()}
    return {need: names[need] if names[need] in stages else given for need, given in needs.items()}


def _mappings(part: Any) -> dict[str, dict[str, Any]]:
    found = part.items() if isinstance(part, dict) else ()
    return {name: inner for name, inner in found if isinstance(inner, dict)}
