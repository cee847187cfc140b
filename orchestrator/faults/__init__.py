"""Faults that a drill rehearses: one file each, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.faults.corrupt import Corrupt
from orchestrator.faults.disk import Disk
from orchestrator.faults.kill import Kill
from orchestrator.faults.node import Node
from orchestrator.faults.scheduler import Scheduler
from orchestrator.faults.stop import Stop

if TYPE_CHECKING:
    from orchestrator.faults.fault import Fault

FAULTS: dict[str, type[Fault]] = {fault.name: fault for fault in (Stop, Kill, Node, Disk, Scheduler, Corrupt)}
