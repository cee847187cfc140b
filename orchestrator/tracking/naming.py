"""What MLflow calls a trial, its parameters and its metrics, and which of them its table shows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from orchestrator.study.searches.tree import chosen_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial

LONGEST_NAME = 250
LONGEST_PARAM = 6000
"""Characters that MLflow takes: mlflow.utils.validation, and the columns of its databases."""


def trial_name(study: Study, trial: Trial) -> str:
    """Return what a researcher calls the trial, as `segment vgg16 lfw hair=true seed=0`.

    Stages of different parts of a composed study that are called alike keep their prefix.
    """
    stage = study.stage(trial.stage)
    short = stage.name.rpartition(".")[2]
    alike = sum(other.name.rpartition(".")[2] == short for other in study.stages)
    shown = {axis: value for axis, value in trial.axes.items() if axis != "seed"}
    if stage.search is not None:
        shown |= chosen_in(stage.search.space, trial.params)
    if "seed" in trial.axes:
        shown["seed"] = trial.seed
    words = [value if isinstance(value, str) else f"{axis}={_short(value)}" for axis, value in shown.items()]
    return cut(" ".join([short if alike == 1 else stage.name, *words]), LONGEST_NAME)


def columns(study: Study, seen: Seen) -> list[str]:
    """Return the columns of MLflow's table that tell the trials apart, and the metrics of their results."""
    axes = [name for trial in seen.plan.trials for name, _ in _flat("", trial.axes)]
    sought = [name for stage in study.stages if stage.search for name in stage.search.names]
    return [
        *(f"params.`{flat_key(name)}`" for name in dict.fromkeys(axes + sought)),
        *(f"metrics.`{flat_key(f'result/{name}')}`" for name in telling_metrics(seen)),
        "tags.`state`",
    ]


def telling_metrics(seen: Seen) -> list[str]:
    """Return the metrics of results, those first that differ within a stage and that most trials have."""
    values: dict[str, dict[str, list[float]]] = {}
    for trial in seen.plan.trials:
        result = seen.evidence[trial.id].result
        for name, value in (result.metrics if result else {}).items():
            values.setdefault(name, {}).setdefault(trial.stage, []).append(value)

    def rank(name: str) -> tuple[bool, int, str]:
        stages = values[name].values()
        return all(len(set(group)) == 1 for group in stages), -sum(map(len, stages)), name

    return sorted(values, key=rank)


def trial_params(trial: Trial) -> dict[str, str]:
    """Return parameters and axes under flat names, as `net.depth`."""
    params = dict(_flat("", trial.params)) | {"seed": str(trial.seed)}
    for axis, text in _flat("", trial.axes):
        params[axis if params.get(axis, text) == text else f"axis.{axis}"] = text
    return params


def _flat(above: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(f"{above}{name}.", value)
        else:
            yield flat_key(f"{above}{name}"), cut(_text(value), LONGEST_PARAM)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def flat_key(name: str) -> str:
    """Return the name with what MLflow refuses in names replaced by `_`, as `acc_1` for `acc@1`."""
    parts = re.sub(r"[^/\w.\- :]", "_", name).split("/")
    return cut("/".join(part for part in parts if part not in {"", ".", ".."}) or "_", LONGEST_NAME)


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else _text(value)
