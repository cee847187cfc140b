"""Shapes of which no worker can work, for want of GPUs: what was found, where, and what to do about it."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from orchestrator.engine.demand import wanted
from orchestrator.engine.missing_gpus import counted
from orchestrator.evidence.failure_class import GPU_FAILURE, class_of
from orchestrator.places.job_log import JobLog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.places.job_log import GpuFailure, Launch
    from orchestrator.places.profile import Limits
    from orchestrator.study.shape import Shape

MOST_FAILED = 3
"""So many launches in a row of one shape, whose workers found their GPUs broken, end the patience."""


def hopeless(
    shapes: Iterable[Shape], limits: Limits, launches: Sequence[Launch], of_use: Collection[str]
) -> dict[Shape, str]:
    """Return the shapes of which no worker can work, with the reason.

    `launches` are those since the submission, and `of_use` the jobs that live or have taken a trial.
    """
    found = {}
    for shape in shapes:
        if limits.gpus is not None and shape.gpus > limits.gpus:
            have = limits.gpus_found or counted(limits.gpus)
            found[shape] = f"no worker with {counted(shape.gpus)} can be started: found here: {have}"
        elif failures := _failed_again(shape, launches, of_use):
            where = "; ".join(per_node(failures))
            found[shape] = (
                f"{GPU_FAILURE}: no worker with {counted(shape.gpus)} could use what it asked for: {where}"
            )
    return found


def _failed_again(shape: Shape, launches: Sequence[Launch], of_use: Collection[str]) -> list[GpuFailure]:
    """Return what the last launches of a shape met, if all of them met broken GPUs and nothing else."""
    if not shape.gpus:
        return []
    mine = [launch for launch in launches if launch.intent and launch.intent.shape == shape and launch.jobs]
    failed = [
        launch.gpu_failures()
        for launch in takewhile(lambda one: not set(one.jobs) & set(of_use), reversed(mine))
    ]
    row = list(takewhile(bool, failed))
    return [failure for failures in row for failure in failures] if len(row) >= MOST_FAILED else []


def per_node(failures: Iterable[GpuFailure]) -> list[str]:
    """Return one line for each node: the newest of what was found there."""
    newest: dict[str, GpuFailure] = {}
    for failure in sorted(failures, key=lambda one: one.time):
        newest[failure.where] = failure
    return [f"on {where}: {failure.found}" for where, failure in newest.items()]


def advice(submission: Submission) -> str:
    """Return what to do where workers cannot use their GPUs."""
    again = f"then: {submission.again}"
    without = f"or train on the CPU what asks for GPUs: {submission.again} --cpu"
    return f"{class_of(GPU_FAILURE).advice}, {again}\n    {without}"


def gpu_notes(runs: RunFolder, submission: Submission, seen: Seen) -> list[str]:
    """Return which nodes have GPUs that workers could not use, while trials still wait for some."""
    if not any(shape.gpus for shape in wanted(submission.study, seen)):
        return []
    launches = JobLog(runs.study(submission.study.name)).launches()
    failures = [
        failure
        for launch in launches
        if launch.intent and launch.intent.time >= submission.time
        for failure in launch.gpu_failures()
    ]
    lines = [f"workers could not use their GPUs {line}" for line in per_node(failures)]
    return [*lines, f"    {advice(submission)}"] if lines else []
