"""One of several parties that try a shared folder: the login node and nodes, or two programs of a machine.

`python probe_party.py FOLDER NAME` follows the same steps as all others, with the same system calls as the
engine, and writes what it saw to `FOLDER/NAME.json`. It is copied into the folder and imports nothing but
the standard library: a node on which nothing else can be imported still says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_LOOK_S = 0.05
_PAUSE_S = 0.003
_HANGS_S = 120
_IMPORT = """
import json, sys, time
began = time.perf_counter()
module = __import__(sys.argv[1])
seen = {"seconds": time.perf_counter() - began, "version": str(getattr(module, "__version__", ""))}
if sys.argv[1] == "torch":
    seen["gpus"] = module.cuda.device_count() if module.cuda.is_available() else 0
    flags = getattr(module._C, "_cuda_getArchFlags", lambda: None)()
    seen["arches"] = (flags or "").split()
sys.stdout.write("\\n" + json.dumps(seen))
"""


class Party:
    """What one party does and sees."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.agenda: dict[str, Any] = json.loads((folder / "agenda.json").read_text(encoding="utf-8"))
        self.all: list[str] = self.agenda["parties"]
        self.others = [other for other in self.all if other != name]
        host = os.environ.get("SLURMD_NODENAME") or socket.gethostname()
        self.seen: dict[str, Any] = {"host": host, "began": time.time()}
        self.signals: list[tuple[str, float]] = []

    def write(self, name: str, values: Any) -> None:
        """Write a file of the folder beside and rename it."""
        beside = self.folder / f".{name}.{self.name}"
        with beside.open("w", encoding="utf-8") as file:
            file.write(json.dumps(values))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / name)

    def wait(self, name: str, patience: str = "patience") -> bool:
        """Wait until a file is there; say whether it came in time."""
        return until((self.folder / name).exists, self.agenda[patience])

    def meet(self, where: str, patience: str = "patience") -> bool:
        """Wait until all have come this far; False when somebody is missing."""
        self.write(f"{where}-{self.name}", {"host": self.seen["host"]})
        return all(self.wait(f"{where}-{other}", patience) for other in self.others)

    def save(self) -> None:
        """Write down what was seen so far: a job that is killed has still said it."""
        self.write(f"{self.name}.json", {**self.seen, "signals": self.signals})

    def listen(self) -> None:
        """Note every signal that a worker would be stopped with, and when it came."""

        def heard(number: int, _frame: FrameType | None) -> None:
            self.signals.append((signal.Signals(number).name, time.time()))

        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
            signal.signal(number, heard)

    def exchange(self) -> list[dict[str, Any]]:
        """Measure how long a new file takes to be seen and answered, from each party to each other."""
        trips: list[dict[str, Any]] = []
        for number in range(self.agenda["rounds"]):
            for writer in self.all:
                ping = f"ping-{number}-{writer}"
                if writer != self.name:
                    if self.wait(ping):
                        self.write(f"{ping}-{self.name}", {"time": time.time()})
                    continue
                began = time.time()
                self.write(ping, {"time": began})
                trips += [self._trip(f"{ping}-{other}", other, began) for other in self.others]
        return trips

    def _trip(self, answer: str, other: str, began: float) -> dict[str, Any]:
        if not self.wait(answer):
            return {"other": other, "seconds": None, "ahead": None}
        now = time.time()
        theirs = json.loads((self.folder / answer).read_text(encoding="utf-8"))["time"]
        return {"other": other, "seconds": now - began, "ahead": [theirs - now, theirs - began]}

    def rewrite(self) -> dict[str, dict[str, Any]]:
        """Rename over one's own file again and again, and read those of the others meanwhile."""
        seen: dict[str, dict[str, Any]] = {other: {"torn": 0, "gone": 0, "last": 0} for other in self.others}
        last = self.agenda["rewrites"]

        def look() -> bool:
            for other, what in seen.items():
                try:
                    text = (self.folder / f"value-{other}").read_text(encoding="utf-8")
                    what["last"] = int(json.loads(text)["number"])
                except FileNotFoundError:
                    what["gone"] += bool(what["last"])
                except OSError:  # ESTALE of a network file system
                    what["gone"] += 1
                except (ValueError, KeyError):
                    what["torn"] += 1
            return all(what["last"] == last for what in seen.values())

        for number in range(1, last + 1):
            self.write(f"value-{self.name}", {"number": number, "filling": "x" * 5000})
            look()
            time.sleep(_LOOK_S)
        began = time.time()
        done = until(look, self.agenda["patience"])
        for what in seen.values():
            what["lag"] = time.time() - began if done else None
        return seen

    def race(self, take: Callable[[Path], None]) -> list[int]:
        """Return the races that this party won: every party tries to make the same path at once.

        Who wins pauses, so that whoever began later catches up and the next races are close.
        """
        won = []
        for number in range(self.agenda["races"]):
            try:
                take(self.folder / f"{take.__name__}-{number}")
            except FileExistsError:
                continue
            won.append(number)
            time.sleep(_PAUSE_S)
        return won

    def start_together(self) -> None:
        """Wait for a moment that the first party sets, far enough ahead for all to learn of it."""
        if self.name == self.all[0]:
            slowest = max([trip["seconds"] or 0 for trip in self.seen["trips"]], default=0)
            self.write("start", time.time() + 1 + slowest)
        if self.wait("start"):
            moment = json.loads((self.folder / "start").read_text(encoding="utf-8"))
            time.sleep(min(self.agenda["patience"], max(0, moment - time.time())))

    def link(self, path: Path) -> None:
        """Publish a file as the engine does: always a new one, as some file systems limit links."""
        beside = self.folder / f".{path.name}.{self.name}"
        beside.touch()
        try:
            os.link(beside, path)
        finally:
            beside.unlink()

    def mkdir(self, path: Path) -> None:
        """Claim a folder as the engine does."""
        path.mkdir()

    def hearts(self) -> dict[str, dict[str, float]]:
        """Let one's heart beat and note how old the beats of the others look."""
        ages: dict[str, list[float]] = {other: [] for other in self.others}
        mine, beaten = self.folder / f"heart-{self.name}", 0.0
        end = time.monotonic() + self.agenda["hearts"]
        while time.monotonic() < end:
            if time.monotonic() - beaten >= 1:
                mine.touch()
                beaten = time.monotonic()
            for other, seen in ages.items():
                with contextlib.suppress(OSError):
                    seen.append(time.time() - (self.folder / f"heart-{other}").stat().st_mtime)
            time.sleep(_LOOK_S)
        mine.touch()
        return {other: {"oldest": max(seen), "newest": min(seen)} for other, seen in ages.items() if seen}

    def look_around(self) -> None:
        """Say what this node offers: Python, modules, GPUs."""
        self.seen["python"] = platform.python_version()
        self.seen["modules"] = {name: imported(name) for name in self.agenda["modules"]}
        given = [os.environ.get(f"{kind}_VISIBLE_DEVICES") for kind in ("CUDA", "ROCR")]
        self.seen["gpus_given"] = next(filter(None, given), "")
        self.seen["driver"] = Path("/proc/driver/nvidia/version").exists() or Path("/dev/kfd").exists()
        if gpus := self.agenda["gpus"]:
            ways = ["driver"] + ["torch"] * ("seconds" in self.seen["modules"].get("torch", {}))
            self.seen["gpu_trouble"] = {way: _gpu_trouble(gpus, way) for way in ways}
            self.seen["sharing"] = _sharing()

    def take_part(self) -> None:
        """Go through all steps; a party that is missing ends them."""
        self.listen()
        if not self.meet("here", "gather"):
            self.seen["missing"] = [name for name in self.all if not (self.folder / f"here-{name}").exists()]
            return
        self.seen["trips"] = self.exchange()
        self.seen["values"] = self.rewrite()
        self.save()
        self.meet("races")
        self.start_together()
        self.seen["link"] = self.race(self.link)
        self.seen["mkdir"] = self.race(self.mkdir)
        self.meet("hearts")
        self.seen["hearts"] = self.hearts()

    def await_warning(self) -> None:
        """Wait for the signal ahead of the wall limit, if this party is a job."""
        until(
            lambda: any(name == "SIGUSR2" for name, _ in self.signals),
            self.seen["began"] + self.agenda["warning"] - time.time(),
        )


def until(what: Callable[[], bool], patience_s: float) -> bool:
    """Wait until something is so; say whether it became so in time."""
    end = time.monotonic() + patience_s
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_S)
    return True


def imported(module: str) -> dict[str, Any]:
    """Import a module in an interpreter of its own, deaf to the signals that this party listens to."""
    script = "import signal; [signal.signal(n, signal.SIG_IGN) for n in (10, 12, 15)]" + _IMPORT
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, module], capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": "takes more than 300 s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]}
    values: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return values


def _gpu_trouble(gpus: int, way: str) -> str:
    """Launch a kernel on each GPU, as workers do, in an interpreter of its own."""
    program = Path(__file__).with_name("gpu_check.py")
    try:
        done = subprocess.run(
            [sys.executable, str(program), str(gpus), way],
            capture_output=True,
            text=True,
            timeout=_HANGS_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"a kernel did not end within {_HANGS_S} s"
    if done.returncode and not done.stdout:
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return done.stdout


def _sharing() -> dict[str, Any] | None:
    """Say what MPS and MIG offer here; None where that program fails."""
    program = Path(__file__).with_name("gpu_sharing.py")
    with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
        done = subprocess.run(
            [sys.executable, str(program)], capture_output=True, text=True, timeout=_HANGS_S, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    return None


def main() -> None:
    """Take part, then write down what was seen."""
    party = Party(Path(sys.argv[1]), sys.argv[2])
    try:
        party.take_part()
        if party.name in party.agenda["nodes"]:
            party.save()
            party.look_around()
            party.save()
            party.await_warning()
    except OSError as error:
        party.seen["error"] = f"{type(error).__name__}: {error}"
    party.seen["ended"] = True
    party.save()


if __name__ == "__main__":
    main()
