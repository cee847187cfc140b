"""A study whose one stage searches parameters that have parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import StudyFileError
from orchestrator.study.read import read_study

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.study.read import Read
    from orchestrator.study.study import Stage


def read(folder: Path, stages: dict[str, Any]) -> Read:
    """Return a study of these stages."""
    path = folder / "searched.yaml"
    path.write_text(yaml_text({"study": "searched", "stages": stages}), encoding="utf-8")
    return read_study(path)


def entry(space: dict[str, Any], task: str = "train", **more: Any) -> dict[str, Any]:
    """Return a stage that searches; `more` are other keys of its search, `params` and `needs` the stage's."""
    outer = {key: more.pop(key) for key in ("params", "needs", "over") if key in more}
    search = {"trials": 3, "space": space, "objective": {"minimize": "loss"}, **more}
    if search.get("sampler") == "grid":
        del search["trials"]
    return {"task": f"tests.nested_tasks.{task}", **outer, "search": search}


def stage(folder: Path, space: dict[str, Any], **more: Any) -> Stage:
    """Return the one stage of a study."""
    return read(folder, {"sweep": entry(space, **more)}).study.stage("sweep")


def told(folder: Path, space: dict[str, Any], **more: Any) -> list[str]:
    """Return what is wrong with such a study, below the stage's search."""
    try:
        read(folder, {"sweep": entry(space, **more)})
    except StudyFileError as error:
        return [f"{one.path.removeprefix('stages.sweep.search.')}: {one.message}" for one in error.problems]
    return []
