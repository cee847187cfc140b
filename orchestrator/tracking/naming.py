"""What MLflow calls parameters and metrics, and how texts are fitted to what it takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from orchestrator.study.searches.tree import chosen_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial

LONGEST_NAME = 250
LONGEST_PARAM = 6000
"""Characters that MLflow takes: mlflow.utils.validation, and the columns of its databases."""
CURVES = "curves/"
"""Before the names of what trials log by step: MLflow goes by name, so that curves come before bars."""
RESULT = "result/"
"""Before the names of the metrics of results."""
HOW_FAR = frozenset({"progress", "timing_progress"})
"""What trials log for whoever waits for them, the second in earlier versions: nothing that is compared."""


def short_stage(study: Study, stage: str) -> str:
    """Return a stage's name without the part of the study it is of, unless another part has one like it."""
    short = stage.rpartition(".")[2]
    alike = sum(other.name.rpartition(".")[2] == short for other in study.stages)
    return short if alike == 1 else stage


def point_of(stage: Stage, trial: Trial) -> dict[str, Any]:
    """Return what a trial may differ in from others of its stage: axes, what a search chose, the seed."""
    values = {axis: value for axis, value in trial.axes.items() if axis != "seed"}
    if stage.search is not None:
        values |= chosen_in(stage.search.space, trial.params)
    return values | {"seed": trial.seed}


def trial_params(trial: Trial) -> dict[str, str]:
    """Return parameters and axes under flat names, as `net.depth`."""
    params = dict(flat("", trial.params)) | {"seed": str(trial.seed)}
    for axis, text in flat("", trial.axes):
        params[axis if params.get(axis, text) == text else f"axis.{axis}"] = text
    return params


def flat(above: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield values and the parts of those that are mappings, under flat names, as texts."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from flat(f"{above}{name}.", value)
        else:
            yield flat_key(f"{above}{name}"), cut(value_text(value), LONGEST_PARAM)


def value_text(value: Any) -> str:
    """Return a text as it is, and any other value as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def flat_key(name: str) -> str:
    """Return the name with what MLflow refuses in names replaced by `_`, as `acc_1` for `acc@1`."""
    parts = re.sub(r"[^/\w.\- :]", "_", name).split("/")
    return cut("/".join(part for part in parts if part not in {"", ".", ".."}) or "_", LONGEST_NAME)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
