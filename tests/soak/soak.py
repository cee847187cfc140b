"""A study of short trials on the development cluster under many random faults: nothing lost, nothing twice.

    python -m tests.soak.soak [--trials 300] [--faults 200] [--seed 1] [--shared] [--brief]

Prints what happens to standard error and one JSON object to standard output; the exit code is 0 when nothing
is wrong. The cluster of `slurm/dev_cluster.py` is booted for it unless it is up. The faults depend on the
seed alone; which of the workers they meet depends on the moment too. One that meets nothing does not count.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slurm.dev_cluster import down, missing, up
from slurm.dev_config import numbered
from slurm.dev_daemons import ClusterError
from slurm.dev_shared import shared_folder, usual_folder
from tests.soak.faults import SUBMIT, schedule
from tests.soak.study import write
from tests.soak.summary import Summary, count
from tests.soak.verdict import problems_of
from tests.soak.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slurm.dev_config import Layout
    from tests.soak.faults import Planned

_SLOWEST = 20.0
_AHEAD = 0.1
"""Faults wait when they are so far ahead of the trials, as a part of all."""
_LONGEST_WAIT_S = 10.0
_STUCK_S = 300
"""A study that gets nowhere for so long is stuck."""
_ASLEEP_S = 30
"""A study without a job for so long is not going on by itself."""
_EXCUSED_S = 180
"""So long after a fault that may have hit the sentinel nothing may be queued."""
_TELL_S = 10
_STATUS_S = 20
_STRAYS_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast everything goes."""

    step: float
    """Seconds that a step of a training takes."""
    longest: int
    """Steps of the longest trials."""
    gap: float
    """The most seconds between two faults."""


USUAL = Speed(step=0.07, longest=900, gap=4.0)
"""The longest trials outlast a wall limit."""
BRIEF = Speed(step=0.04, longest=200, gap=1.5)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, let it happen, print the summary and return the exit code."""
    options = parse(arguments)
    if lacking := missing(shared=options.shared):
        say("error: " + "\n".join(lacking))
        return 2
    folder = (options.folder or Path(tempfile.mkdtemp(prefix="orchestrator-soak-"))).resolve()
    try:
        with cluster(options.number, shared=options.shared) as layout:
            summary = soak(layout, folder, options)
    except ClusterError as error:
        say(f"error: {error}\nseed {options.seed}; what there is of it lies in {folder}")
        return 2
    except KeyboardInterrupt:
        say(f"stopped; every fault is mended, what there is of seed {options.seed} lies in {folder}")
        return 130
    summary.evidence = str(folder) if summary.problems else None
    sys.stdout.write(json.dumps(vars(summary), indent=1) + "\n")
    for problem in summary.problems:
        say(f"WRONG: {problem}")
    if summary.problems:
        say(f"seed {options.seed}: {len(summary.problems)} things are wrong; the evidence lies in {folder}")
        return 1
    shutil.rmtree(folder)
    say(f"nothing lost, nothing twice: {summary.trials} trials, {summary.faults} faults")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=300, help="of the study, at least 12")
    parser.add_argument("--faults", type=int, default=200, help="faults that must hit something")
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--brief", action="store_true", help="shorter trials, less time between faults")
    parser.add_argument("--workers", type=int, default=8, help="jobs at once")
    parser.add_argument("--number", type=int, default=0, help="of the cluster, where several are up")
    parser.add_argument("--shared", action="store_true", help="on a file system that nodes share by network")
    parser.add_argument("--folder", type=Path, help="a new or empty one, removed when nothing is wrong")
    options = parser.parse_args(arguments)
    for name, least in (("trials", 12), ("faults", 1), ("workers", 1)):
        if (given := vars(options)[name]) < least:
            parser.error(f"--{name} {given} is too few: at least {least}")
    if options.folder and options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"--folder {options.folder} is not empty")
    return options


@contextlib.contextmanager
def cluster(number: int, *, shared: bool) -> Iterator[Layout]:
    """Give a development cluster: booted unless it is up, stopped afterwards only if it was booted here."""
    layout = numbered(number)
    was_up = layout.folder.exists()
    with contextlib.redirect_stdout(sys.stderr):
        up(layout, shared=usual_folder(layout) if shared else None)
    try:
        yield layout
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            if was_up:
                up(layout)
            else:
                down(layout)


def soak(layout: Layout, folder: Path, options: argparse.Namespace) -> Summary:
    """Train the study twice, once undisturbed and once under faults, and compare."""
    began = time.time()
    summary = Summary(seed=options.seed, trials=options.trials)
    speed = BRIEF if options.brief else USUAL
    size = {"trials": options.trials, "workers": options.workers, "longest": speed.longest}
    alone = write(folder / "undisturbed", folder / "undisturbed-data", **size, pace=0.0)
    undisturbed = World(layout=layout, folder=alone)
    say(f"an undisturbed copy, here: {undisturbed.folder}")
    train_undisturbed(undisturbed, options.trials)
    with place(layout, folder) as disturbed:
        write(disturbed, folder / "disturbed-data", **size, pace=speed.step)
        world = World(layout=layout, folder=disturbed)
        try:
            if world.answered(first := world.type(*SUBMIT)) != 0:
                summary.problems = [f"{first} failed: {first.talk}"]
                return summary
            summary.problems = disturb(world, summary, options.faults, speed)
            summary.problems += problems_of(world, undisturbed.runs, options.trials, began)
            count(world, summary, began)
        finally:
            world.cancel()
    return summary


@contextlib.contextmanager
def place(layout: Layout, folder: Path) -> Iterator[Path]:
    """Give a new folder for the study: on what the nodes share, if they do, and back here in the end."""
    shared, here = shared_folder(layout), folder / "disturbed"
    if shared is None:
        yield here
        return
    there = shared / "disturbed"
    say(f"the study lies on what the nodes share: {there}")
    try:
        yield there
    finally:
        shutil.copytree(there, here, symlinks=True)
        shutil.rmtree(there)


def disturb(world: World, summary: Summary, faults: int, speed: Speed) -> list[str]:
    """Let faults strike until the study is over, and mend what is broken; say what got stuck."""
    disturbance = Disturbance(world, summary, faults, speed)
    try:
        disturbance.last()
    finally:
        world.mend_all()
    say("the study is over, and judged now")
    return disturbance.stuck


def train_undisturbed(world: World, trials: int) -> None:
    """Train the copy on this machine, told as it goes on."""
    local = world.type("submit", "study.yaml", "--data", "data")
    told = time.monotonic()
    try:
        while local.program.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told > _TELL_S:
                told = time.monotonic()
                say(f"undisturbed: {world.results()} of {trials} trials are done")
    finally:
        local.program.send_signal(signal.SIGINT)  # does nothing to one that has ended
    if world.answered(local) != 0 or world.results() != trials:
        raise ClusterError(f"the undisturbed copy failed with {world.results()} results: {local.talk}")


class Disturbance:
    """Lets faults strike, spread over the whole study, until all have hit something and it is over."""

    def __init__(self, world: World, summary: Summary, faults: int, speed: Speed) -> None:
        self.world, self.summary, self.faults, self.speed = world, summary, faults, speed
        self.stuck: list[str] = []
        self._planned = schedule(summary.seed, speed.gap)
        self._next = next(self._planned)
        self._struck = self._moved = self._busy = self._told = self._looked = time.time()
        self._asked = self._excused = 0.0
        self._progress = 0

    def last(self) -> None:
        """Go on until the study is over, or gets nowhere."""
        while (done := self.world.results()) < self.summary.trials and not self.stuck:
            self.world.tick()
            self._look(done)
            self._set_pace(done)
            if self.summary.faults < self.faults and self._is_due(done):
                self._strike(self._next, done)
                self._struck, self._next = time.time(), next(self._planned)
            time.sleep(0.1)
        if self.summary.faults < self.faults and not self.stuck:
            self.stuck = [f"the study was over after {self.summary.faults} of {self.faults} faults"]

    def _set_pace(self, done: int) -> None:
        """Slow the trials down as long as faults are left, so that these meet something."""
        left = (1 - self.summary.faults / self.faults) / (1 - done / self.summary.trials)
        pace = self.speed.step * min(_SLOWEST, max(1.0, left**4))  # more faults than trials are left: slower
        beside = self.world.folder / "data" / ".pace"
        beside.write_text(f"{pace:.4f}\n")
        beside.replace(self.world.folder / "data" / "pace")

    def _is_due(self, done: int) -> bool:
        """Say whether it is time for the next fault; they wait a little for the trials."""
        lead = done / self.summary.trials - self.summary.faults / self.faults
        waited = time.time() - self._struck
        return waited > self._next.gap and (lead > -_AHEAD or waited > _LONGEST_WAIT_S)

    def _strike(self, planned: Planned, done: int) -> None:
        try:
            hit = planned.strike(self.world, self.summary.seed)
        except ClusterError as error:
            say(f"{planned.fault.name}: {error}")
            hit = ""
        counts = self.summary.by_kind if hit else self.summary.without_victim
        counts[planned.fault.name] += 1
        self.summary.faults += bool(hit)
        if hit and planned.fault.wakeless:
            self._excused = time.time()
        if hit:
            say(f"{self.summary.faults}/{self.faults} {done} done: {planned.fault.name}: {hit}")

    def _look(self, done: int) -> None:
        """Tell how it goes, put nodes back to work, and see whether it goes on by itself."""
        now = time.time()
        if now - self._looked < _STRAYS_S:
            return
        self._looked = now
        self.world.resume_strays()
        diary = self.world.diary
        if (progress := diary.stat().st_size if diary.exists() else 0) != self._progress:
            self._progress, self._moved, self._busy = progress, now, now
        with contextlib.suppress(ClusterError):
            if self.world.queue() or any(typed.ended is None for typed in self.world.typed):
                self._busy = now
        if now - self._busy > _ASLEEP_S:
            self.summary.nudges += 1
            self._busy = now
            say("nothing is queued: `advance` is typed")
            self.world.type("advance", "soak")
            if now - self._excused > _EXCUSED_S:
                self.stuck = [f"nothing is queued that would go on by itself, with {done} trials done"]
        if now - self._moved > _STUCK_S:
            self.stuck = [f"nothing was trained for {_STUCK_S} s, with {done} trials done"]
        if now - self._told > _TELL_S:
            self._told = now
            say(f"{done} of {self.summary.trials} trials are done, {self.summary.faults} faults")
        if now - self._asked > _STATUS_S:
            self._asked = now
            self.world.type("status", "soak", "--json")


def say(line: str) -> None:
    """Write a line to standard error, with the time."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
