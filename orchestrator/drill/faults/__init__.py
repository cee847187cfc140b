"""Faults that a drill rehearses: one file each, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.drill.faults.corrupt import Corrupt
from orchestrator.drill.faults.disk import Disk
from orchestrator.drill.faults.kill import Kill
from orchestrator.drill.faults.node import Node
from orchestrator.drill.faults.scheduler import Scheduler
from orchestrator.drill.faults.stop import Stop

if TYPE_CHECKING:
    from orchestrator.drill.faults.fault import Fault

FAULTS: dict[str, type[Fault]] = {fault.name: fault for fault in (Stop, Kill, Node, Disk, Scheduler, Corrupt)}
