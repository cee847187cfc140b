"""YAML of pages, checked as whole files are: parts are set into a file in which they could stand."""

from __future__ import annotations

import keyword
import re
import sys
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from docs.hooks.keys import Part, models_in, parts_of
from orchestrator.files.yaml_file import parse_mapping
from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import UserError
from orchestrator.report.reference import Reference
from orchestrator.schemas.kinds import MODELS, FileKind
from orchestrator.study.read import read_study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.docs.pages import Block

PARTS = [(kind, part) for kind in get_args(FileKind) for part in parts_of(kind)]
"""All parts of files: the first that has the keys of a block is what it is taken for."""
TABLE: dict[str, Any] = {
    "id": "page",
    "title": "Page",
    "stage": "train",
    "metric": "loss",
    "rows": [{"label": "a"}],
    "columns": [{"label": "b"}],
}
"""What surrounds a part of a table."""
LACKING: Mapping[str, dict[str, Any]] = {
    "TableDefinition": TABLE,
    "GainDefinition": TABLE | {"over": ["seed"], "columns": [{"label": "b", "gain": "points"}]},
    "FigureDefinition": {"id": "page", "title": "Page", "stage": "train", "series": ["seed"]},
    "Line": {"label": "a"},
    "Profile": {"name": "page"},
}
"""Model -> what a page may leave out of a part that it shows."""
STUB = "page_tasks.train"


def check_yaml(block: Block, files: Mapping[str, str], folder: Path) -> str:
    """Return what is wrong with a block, for who writes the page; empty where nothing is.

    `files` are the blocks of its page that are files; `folder` is the present one, empty.
    """
    try:
        data = parse_mapping(block.text, str(block), text_keys=False).data
    except UserError as error:
        return str(error)
    if "inconsistencies" in data:
        return wrong_in(Reference, data)
    found = part_of(data, block.comment.removeprefix("part of: ") if "part of: " in block.comment else "")
    if found is None:
        return (
            f"no part of a study, report or profile file has all the keys {', '.join(map(str, data))}: write "
            "those around it, or say above it `<!-- part of: stage -->` or `<!-- not checked: why -->`"
        )
    kind, part = found
    study = _study_with(part.model, data) if kind == "study" else None
    if study is None:
        wrong = wrong_in(models_in(MODELS[kind])[part.model], {**LACKING.get(part.model, {}), **data})
    else:
        whole = {"study", "stages"} <= data.keys()
        wrong = wrong_study(block.text if whole else yaml_text(_completed(study)), files, folder)
        if whole:  # its lines are those of the page
            place = re.compile(rf"{re.escape(str(folder))}/page\.yaml:(\d+)")
            wrong = place.sub(lambda found: f"{block.page}:{block.line + int(found[1])}", wrong)
    return wrong and f"taken for {part.title.lower()}, it is wrong: {wrong}"


def wrong_in(model: type[BaseModel], data: Mapping[str, Any]) -> str:
    """Return what a model says of a mapping; empty where it takes it."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return str(error)
    return ""


def part_of(data: Mapping[str, Any], named: str = "") -> tuple[FileKind, Part] | None:
    """Return what a block is taken for: the part that is named, else the first that has its keys."""
    for kind, part in PARTS:
        keys = {key.name for key in part.keys}
        if part.name == named or (not named and keys and data.keys() <= keys):
            return kind, part
    if not named and _are_stages(data):
        return next(one for one in PARTS if one[1].model == "StageEntry")
    return None


def _are_stages(data: Mapping[str, Any]) -> bool:
    """Say whether these are stages by their names."""
    return all(isinstance(value, dict) and {"task", "command"} & value.keys() for value in data.values())


def _study_with(model: str, data: dict[str, Any]) -> dict[str, Any] | None:
    """Return a study in which a part stands; None for one that its model checks whole."""
    stage: dict[str, Any] = {"task": STUB}
    if model == "WrittenStudy":
        return {"study": "page", "stages": {"train": stage}, **data}
    if model == "StageEntry":
        stages = data if _are_stages(data) else {"train": (stage if "command" not in data else {}) | data}
        return {"study": "page", "stages": stages}
    if model == "Search":
        whole = {"objective": {"minimize": "loss"}, "space": {"lr": [0.1, 0.2]}}
        count = {} if data.get("sampler") == "grid" else {"trials": 10}
        return {"study": "page", "stages": {"train": stage | {"search": whole | count | data}}}
    if model == "ShapeEntry":
        return {"study": "page", "shapes": {"page": data}, "stages": {"train": stage | {"shape": "page"}}}
    if model == "Need":
        return {"study": "page", "stages": {"train": stage | {"needs": {"page": data}}}}
    return None


def _completed(study: dict[str, Any]) -> dict[str, Any]:
    """Return a study with axes, shapes and stages that a part of a page names and leaves out."""
    axes, shapes, stages = ({**study.get(key, {})} for key in ("axes", "shapes", "stages"))
    for stage in [*stages.values()]:
        for name in _names(stage):
            axes.setdefault(name, [0, 1])
        if stage.get("shape"):
            shapes.setdefault(stage["shape"], {})
        for need in stage.get("needs", {}).values():
            source = need if isinstance(need, str) else need.get("stage")
            over = [*stage.get("over", []), *(need.get("where", {}) if isinstance(need, dict) else {})]
            stages.setdefault(source, {"task": STUB, "over": over})
    return study | {"axes": axes, "shapes": shapes, "stages": stages}


def _names(stage: Mapping[str, Any]) -> Iterator[str]:
    yield from stage.get("over", [])
    for axes in stage.get("zip", []):
        yield from axes


def wrong_study(text: str, files: Mapping[str, str], folder: Path) -> str:
    """Return what is wrong with a study among the files of its page; empty where nothing is.

    Tasks and programs that the page does not show are stubs.
    """
    modules = set(re.findall(r"\btask: ['\"]?(\w+)[.:]\w+", text)) - {"tasks"}
    stubs = {f"{module}.py": stub(module, text) for module in modules}
    others = dict.fromkeys(re.findall(r"[\w./-]+\.(?:py|R|jl|sh|yaml)\b", text), "")
    for name, content in {**others, **stubs, **files, "page.yaml": text}.items():
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve().parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    _forget(modules)
    try:
        read_study(folder / "page.yaml")
    except UserError as error:
        return str(error)
    finally:
        _forget(modules)
    return ""


def _forget(modules: Iterable[str]) -> None:
    """Let a name be imported anew: other pages have, and other tests write, modules of the same names."""
    for module in modules:
        sys.modules.pop(module, None)


def stub(module: str, text: str) -> str:
    """Return a module with the tasks that a study names, which take whatever it names."""
    names = set(re.findall(r"[a-z_]\w*", text)) - {"seed"} - set(keyword.kwlist)
    fields = "".join(f"    {name}: Any = 1\n" for name in sorted(names) if not hasattr(BaseModel, name))
    tasks = "".join(
        f"def {name}(params: Params, context) -> dict:\n    return {{}}\n"
        for name in sorted(set(re.findall(rf"\b{module}[.:](\w+)", text)))
    )
    head = "from typing import Any\nfrom pydantic import BaseModel\n"
    return (
        f"{head}class Params(BaseModel):\n    model_config = {{'protected_namespaces': ()}}\n{fields}{tasks}"
    )
