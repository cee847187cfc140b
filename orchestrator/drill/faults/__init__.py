"""Faults that a drill rehearses: one file each, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.drill.faults.corrupt import Corrupt
from orchestrator.drill.faults.disk import Disk
from orchestrator.drill.faults.kill import Kill
from orchestrator.drill.faults.node import NodeLoss
from orchestrator.drill.faults.scheduler import Scheduler
from orchestrator.drill.faults.stop import StopSignal

if TYPE_CHECKING:
    from orchestrator.drill.faults.fault import Fault

FAULTS: dict[str, type[Fault]] = {
    fault.name: fault for fault in (StopSignal, Kill, NodeLoss, Disk, Scheduler, Corrupt)
}
