"""Plain values for the tests of tables: observations without a run folder behind them."""

from __future__ import annotations

from typing import Any

from orchestrator.evidence.state import State
from orchestrator.report.reference import Reference
from orchestrator.report.report_file import ReportFile
from orchestrator.report.selection import Material, Observation
from orchestrator.study.trial import Trial, trial_id

LABELS = {
    "encoder": {"vgg16": "VGG16", "resnet50": "ResNet-50"},
    "hair": {"true": "Hair", "false": "No hair"},
}


def observe(
    metrics: dict[str, float] | None, stage: str = "segment", state: State | None = None, **axes: Any
) -> Observation:
    """Return what is known of one trial; without metrics it waits."""
    params = {name: value for name, value in axes.items() if name != "seed"}
    seed = axes.get("seed", 0)
    identity = trial_id(task=stage, version=1, params=params, seed=seed, needs={})
    trial = Trial(
        id=identity, stage=stage, task=stage, version=1, params=params, seed=seed, needs={}, axes=axes
    )
    return Observation(
        trial=trial, state=state or (State.WAITING if metrics is None else State.DONE), metrics=metrics
    )


def gather(*seen: Observation, reference: Reference | None = None, **reading: Any) -> Material:
    """Return the material of a study that has exactly these trials; `reading` are functions of `Material`."""
    stages: dict[str, list[Observation]] = {}
    for one in seen:
        stages.setdefault(one.trial.stage, []).append(one)
    file = ReportFile(labels=LABELS)
    return Material(stages=stages, file=file, reference=reference or Reference(), **reading)
