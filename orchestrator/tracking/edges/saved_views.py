"""Views of MLflow's UI with a name: tags of the experiment, which its menu `Views` and links open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.tracking.views import SavedView

_VIEW = "mlflow.sharedViewState."
_NOTE = "mlflow.note.content"
_KEYS = "orchestrator.views"
"""The tag with the keys of our views; all others are a user's."""
_WRITTEN = "orchestrator.note"
"""The tag with the description that we have written: one that differs from it is a user's."""
_FIRST_NOTE = "The study `{study}`. Written from its run folder and never read back."
"""What earlier versions wrote."""


def arrange(client: Any, number: str, views: Sequence[SavedView]) -> None:
    """Save these views with an experiment, in this order, and name them in its description with links."""
    experiment = client.get_experiment(number)
    tags = dict(experiment.tags)
    wanted = {_VIEW + view.key: view.text(len(views) - place) for place, view in enumerate(views)}
    wanted[_KEYS] = json.dumps([view.key for view in views])
    if views and tags.get(_NOTE, "") in {"", tags.get(_WRITTEN), _FIRST_NOTE.format(study=experiment.name)}:
        wanted[_NOTE] = wanted[_WRITTEN] = _note(experiment.name, number, views)
    for key, text in wanted.items():
        if tags.get(key) != text:
            client.set_experiment_tag(number, key, text)
    for key in _gone(tags, wanted):
        client.delete_experiment_tag(number, key)


def _gone(tags: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Return the tags of views that we have written and that are wanted no more."""
    try:
        ours = [f"{_VIEW}{key}" for key in json.loads(tags.get(_KEYS, "[]"))]
    except ValueError:  # somebody has edited it
        return []
    return [key for key in ours if key in tags and key not in wanted]


def _note(study: str, number: str, views: Sequence[SavedView]) -> str:
    """Return the description: its first line is what the UI shows of it at first."""
    place = f"#/experiments/{number}/runs?workflowType=machine_learning&viewStateShareKey="
    links = " · ".join(f"[{view.name}]({place}{view.key})" for view in views)
    return (
        f"The study `{study}`: {links}\n\n"
        "Each link opens a table with its own columns and charts, and so does the button *Views* above the "
        "table. All of it is written from the study's run folder and never read back."
    )
