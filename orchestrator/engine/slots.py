"""A worker with slots: a program for each of them takes trials, and one more looks after these.

The programs share what the worker was given, its GPUs among it; each has its trial, its log and its end. When
one of them dies, the others are told to stop, and the worker ends: what died is then seen to be lost.
"""

from __future__ import annotations

import os
import random
import select
import signal
import traceback
from typing import TYPE_CHECKING

from orchestrator.engine.edges.slot import slots
from orchestrator.engine.start_runner import die_with_parent
from orchestrator.evidence.edges.provenance import SLOTS
from orchestrator.messages.terminal import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.engine.edges.slot import Slot
    from orchestrator.engine.worker import Worker

_POLL_S = 0.2


def in_slots(worker: Worker, take_trials: Callable[[Worker], None]) -> None:
    """Let a program for each slot take trials, pass a stop on to them, and return when all have ended."""
    programs = {_fork(worker, slot, take_trials): slot.number for slot in slots(worker.shape.slots)}
    waiting = select.poll()
    doors = {os.pidfd_open(program): program for program in programs}
    for door in doors:
        waiting.register(door, select.POLLIN)
    told = False
    while doors:
        for door, _ in waiting.poll(_POLL_S * 1000):
            waiting.unregister(door)
            os.close(door)
            program = doors.pop(door)
            how = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
            if how:
                stamp(f"slot {programs[program]} ended with {how}: the worker ends with its other trials")
                worker.stopping = True
        if worker.stopping and not told:
            told = True
            for program in doors.values():
                os.kill(program, signal.SIGTERM)


def _fork(worker: Worker, slot: Slot, take_trials: Callable[[Worker], None]) -> int:
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    code = 1
    try:
        die_with_parent(parent)
        random.seed()  # who loses a race goes on elsewhere, not all at the same place
        os.environ[SLOTS] = str(worker.shape.slots)
        worker.name = f"{worker.name}.{slot.number}"
        worker.slot = slot
        take_trials(worker)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
    return 0
