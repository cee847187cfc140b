"""GPUs that stages ask for and their place does not have: asked before anything is written.

A scheduler says so itself; on this machine a trial would be trained on the cores without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.shape_limits import beyond_limits
from orchestrator.evidence.skipped import skipped
from orchestrator.evidence.state import State
from orchestrator.messages.errors import MissingGpusError
from orchestrator.places.table import place_of

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.places.profile import Limits, Profile
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Stage, Study

_NOT_NOW = {State.DONE, State.PRUNED, State.FAILED, State.SKIPPED, State.PAUSED}
"""What no `submit` trains."""


def short_of_gpus(study: Study, seen: Seen, limits: Limits) -> list[Stage]:
    """Return the stages with trials still to be trained that ask for more GPUs than there are."""
    if limits.gpus is None:
        return []
    ahead = _still_to_train(seen)
    left_out = skipped(study, seen).undecided
    wanted: dict[str, list[Shape]] = {stage.name: [] for stage in study.stages}
    for trial in seen.plan.trials:
        if trial.id in ahead:
            wanted[trial.stage].append(study.stage(trial.stage).shape_of(trial))
    for name, count in seen.plan.undecided.items():
        if count > left_out.get(name, 0):
            wanted[name].extend(study.stage(name).shapes)
    return [stage for stage in study.stages if any(shape.gpus > limits.gpus for shape in wanted[stage.name])]


def _still_to_train(seen: Seen) -> set[str]:
    """Return the trials that may be trained without a `retry`; `submit` takes up cancelled ones."""
    ahead: set[str] = set()
    for trial in seen.plan.by_id.values():  # needs come first
        if seen.states[trial.id] not in _NOT_NOW and all(
            need in ahead or seen.states[need] is State.DONE for need in trial.needed_ids
        ):
            ahead.add(trial.id)
    return ahead


def gpus_told(study: Study, seen: Seen, profile: Profile) -> str:
    """Return which stages ask for more GPUs than a place has, and what it has; empty when none does."""
    limits = place_of(profile).limits()
    stages = short_of_gpus(study, seen, limits)
    if not stages:
        return ""
    first = "1 stage asks" if len(stages) == 1 else f"{len(stages)} stages ask"
    lines = [
        f"- {stage.name} asks for {counted(max(shape.gpus for shape in stage.shapes))}" for stage in stages
    ]
    return "\n".join(
        [f"{first} for more GPUs than there are here:", *lines, f"found here: {limits.gpus_found}"]
    )


def refuse_without_gpus(study: Study, seen: Seen, profile: Profile, command: str) -> None:
    """Raise MissingGpusError with every stage that asks for too many GPUs; `command` is what was typed."""
    if told := gpus_told(study, seen, profile):
        raise MissingGpusError(
            "\n".join([f"nothing was written, {told}", *beyond_limits(study, profile)]),
            hint=f"train on the CPU what asks for GPUs: {command} --cpu\n"
            f"    or where there are some: {command} --cluster NAME",
        )


def on_cpu(study: Study) -> Study:
    """Return the study with shapes that ask for no GPU; its trials stay the same ones."""
    return study.with_shapes(lambda shape: shape.model_copy(update={"gpus": 0}))


def counted(gpus: int) -> str:
    """Return `1 GPU` or `2 GPUs`."""
    return f"{gpus} GPU{'s' * (gpus != 1)}"
