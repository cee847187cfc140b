"""What the trials to do will cost, as far as their tasks say how long one takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.outlay import Outlay, outlay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldHours:
    """What tasks let expect of the trials to do."""

    cpu: Outlay
    gpu: Outlay
    on: Mapping[str, str]
    """Stage -> on what its hours were measured."""

    def of(self, stage: str) -> dict[str, Any] | None:
        """Return what a stage costs, and on what; None where its task does not say it of every trial."""
        cpu, gpu = self.cpu.stages[stage], self.gpu.stages[stage]
        if cpu is None or gpu is None:
            return None
        return {"cpu_hours": cpu, "gpu_hours": gpu, "on": self.on.get(stage)}

    def once(self, stage: str) -> dict[str, float] | None:
        """Return what a stage adds to the whole: trials that it shares with an earlier one do not count."""
        cpu, gpu = self.cpu.once[stage], self.gpu.once[stage]
        return None if cpu is None or gpu is None else {"cpu_hours": cpu, "gpu_hours": gpu}


def told_hours(
    study: Study, seen: Seen, hours: Mapping[tuple[str, int], float], on: Mapping[str, str]
) -> ToldHours:
    """Return what the trials to do cost; `hours` are those of a trial of each point, by stage and place."""
    cpu, gpu = dict[tuple[str, int], float](), dict[tuple[str, int], float]()
    for stage in study.stages:
        for place, shape in enumerate(map(stage.shape_of, stage.points)):
            took = hours.get((stage.name, place))
            if took is not None:
                cpu[stage.name, place] = took * shape.nodes * shape.cpus / shape.at_once
                gpu[stage.name, place] = took * shape.all_gpus / shape.at_once
    return ToldHours(cpu=outlay(study, seen, cpu), gpu=outlay(study, seen, gpu), on=on)
