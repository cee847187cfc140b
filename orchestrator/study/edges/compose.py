"""Documents over documents: one extends another, one is made of several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orchestrator.files.yaml_file import Document
from orchestrator.study.axis_values import is_records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.messages.problems import Keys, Problems


def merged(base: Document, own: Document, *, unite_reports: bool = False) -> Document:
    """Return both together: mappings key by key, else the own value; null removes a key of the base."""
    data = _merged(base.data, own.data)
    axes = (base.data.get("axes"), own.data.get("axes"))
    if isinstance(axes[0], dict) and isinstance(axes[1], dict):
        both = axes[0].keys() & axes[1].keys() & data["axes"].keys()
        data["axes"] |= {axis: _merged_axis(axes[0][axis], axes[1][axis]) for axis in both}
    marks = {**base.marks, **own.marks}
    if unite_reports and base.data.get("report") and _are_names(own.data.get("report")):
        data["report"] = list(dict.fromkeys([*base.data["report"], *own.data["report"]]))
    return Document(source=own.source, data=data, marks=marks)


def _are_names(report: object) -> bool:
    return isinstance(report, list) and all(isinstance(name, str) for name in report)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in own.items():
        if value is None and key in base:
            del result[key]
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            result[key] = _merged(base[key], value)
        else:
            result[key] = value
    return result


def _merged_axis(base: Any, own: Any) -> Any:
    """Return an axis over another: records by their names, numbers between two ends key by key."""
    if is_records(base) and isinstance(own, list):
        names = [name for name in own if isinstance(name, str) and name in base]
        return {name: base[name] for name in names} if len(names) == len(own) else own
    if not isinstance(base, dict) or not isinstance(own, dict) or is_records(base) != is_records(own):
        return own
    other = {} if is_records(own) else {"num": "step", "step": "num"}
    return _merged({key: value for key, value in base.items() if other.get(key) not in own}, own)


def composed(subs: Sequence[Document], own: Document, problems: Problems) -> Document:
    """Return the studies side by side, their stages prefixed with the study's name.

    Each stage keeps its own study's axes; shapes and report files are united.
    """
    data: dict[str, Any] = {"shapes": {}, "stages": {}, "report": []}
    marks: dict[Keys, str] = {}
    for sub in subs:
        name = _name(sub, [other.data.get("study") for other in subs], problems)
        if name is None or not _has_mappings(sub, problems):
            continue
        prefixed = _prefixed(sub, name)
        marks |= prefixed.marks
        data["stages"] |= prefixed.data["stages"]
        _unite_shapes(data["shapes"], sub, own, problems)
        report = sub.data.get("report") or []
        if not _are_names(report):
            hint = "write `report: tables.yaml`"
            replace_where(problems, sub).add(("report",), "`report` does not name files", hint)
            continue
        data["report"] = list(dict.fromkeys([*data["report"], *report]))
        known = ("study", "axes", "shapes", "stages", "report")
        data |= {key: value for key, value in sub.data.items() if key not in known}
    if not data["report"]:
        del data["report"]
    return Document(source=own.source, data=data, marks=marks)


def _name(sub: Document, names: Sequence[object], problems: Problems) -> str | None:
    name = sub.data.get("study")
    place = replace_where(problems, sub)
    if not isinstance(name, str):
        place.add(
            ("study",), "the study has no name, which its stages are prefixed with", "add `study: NAME`"
        )
        return None
    if names.count(name) > 1:
        place.add(("study",), f"two of the composed studies are named `{name}`", "rename one of them")
        return None
    return name


def replace_where(problems: Problems, document: Document) -> Problems:
    """Return the same collection, finding its places in another document."""
    return replace(problems, where=document.where)


def _has_mappings(sub: Document, problems: Problems) -> bool:
    wrong = [key for key in ("axes", "shapes", "stages") if not isinstance(sub.data.get(key, {}), dict)]
    for key in wrong:
        replace_where(problems, sub).add((key,), f"`{key}` must be a mapping (`key: value`)")
    return not wrong


def _prefixed(sub: Document, name: str) -> Document:
    """Return the study's stages under prefixed names, each with the study's axes."""
    axes, stages = sub.data.get("axes", {}), sub.data.get("stages", {})
    marks: dict[Keys, str] = {}
    for keys, mark in sub.marks.items():
        if keys[:1] == ("stages",) and len(keys) > 1:
            marks[("stages", f"{name}.{keys[1]}", *keys[2:])] = mark
        elif keys[:1] == ("axes",):
            marks.update({("stages", f"{name}.{stage}", *keys): mark for stage in stages})
        elif keys[:1] not in (("study",), ("report",)):
            marks.setdefault(keys, mark)
    renamed = {
        f"{name}.{stage}": _renamed(entry, name, axes, stages) if isinstance(entry, dict) else entry
        for stage, entry in stages.items()
    }
    return Document(source=sub.source, data={"stages": renamed}, marks=marks)


def _renamed(
    entry: Mapping[str, Any], prefix: str, axes: Mapping[str, Any], stages: Mapping[str, Any]
) -> dict[str, Any]:
    def need(given: Any) -> Any:
        if isinstance(given, str) and given in stages:
            return f"{prefix}.{given}"
        if isinstance(given, dict) and isinstance(stage := given.get("stage"), str) and stage in stages:
            return {**given, "stage": f"{prefix}.{stage}"}
        return given

    result = dict(entry)
    if isinstance(needs := entry.get("needs"), dict):
        result["needs"] = {name: need(given) for name, given in needs.items()}
    if isinstance(own := entry.get("axes", {}), dict) and (own or axes):
        result["axes"] = {**own, **axes}
    return result


def _unite_shapes(shapes: dict[str, Any], sub: Document, own: Document, problems: Problems) -> None:
    own_shapes = own.data.get("shapes")
    for name, shape in sub.data.get("shapes", {}).items():
        if name in shapes and shapes[name] != shape:
            if isinstance(own_shapes, dict) and name in own_shapes:
                shapes[name] = {}
                continue
            replace_where(problems, sub).add(
                ("shapes", name),
                f"shape `{name}` is another one in an earlier study",
                f"define `{name}` under `shapes:` of `{own.source}`, or rename it",
            )
        shapes.setdefault(name, shape)
