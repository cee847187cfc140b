"""File operations and forks of one trial, counted by strace: what a network file system has to bear.

    python benchmarks/operations.py [noop random tpe]

A study of 10 trials and one of 20 are trained by one worker under strace; a tenth of the difference is one
trial, for what starting costs is the same in both. Of files only calls whose path lies in the run folder
count, refused ones too. What is read (`open`, `stat`) depends on how often somebody looks meanwhile and
varies a little; what is written does not, so that tests/benchmarks/test_operations.py holds PER_TRIAL.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.left_behind import left_behind
from benchmarks.studies import environment, study_of, write_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.studies import Kind, Project

PER_TRIAL: dict[str, float] = {
    "files": 5,
    "folders": 4,
    "mkdir": 5,
    "link": 6,
    "unlink": 2,
    "fsync": 4,
    "fork": 1,
}
"""What a trial that does nothing costs and leaves behind; a change of the engine changes this table."""

KINDS: tuple[Kind, ...] = ("noop", "random", "tpe")
_CLASSES = {
    "open": ("open", "openat", "openat2", "creat"),
    "stat": (
        "stat",
        "lstat",
        "newfstatat",
        "statx",
        "access",
        "faccessat",
        "faccessat2",
        "readlink",
        "readlinkat",
    ),
    "mkdir": ("mkdir", "mkdirat"),
    "link": ("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"),
    "unlink": ("unlink", "unlinkat", "rmdir"),
    "fsync": ("fsync", "fdatasync"),
    "fork": ("fork", "vfork", "clone", "clone3"),
}
_CLASS_OF = {name: group for group, names in _CLASSES.items() for name in names}
CLASSES = tuple(_CLASSES)
_CALL = re.compile(r"^\d+ +(\w+)\((.*)")
_PATHS = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>)?(?:, )?"((?:[^"\\]|\\.)*)"')
_DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")


def count_calls(lines: Iterable[str], runs: Path) -> Counter[str]:
    """Return the calls of each class that strace saw below a run folder, and the new processes."""
    counted: Counter[str] = Counter()
    for line in lines:
        if (found := _CALL.match(line)) and (group := _CLASS_OF.get(found[1])):
            counted[group] += _counts(group, found[2], str(runs))
    return counted


def _counts(group: str, arguments: str, runs: str) -> bool:
    if group == "fork":
        return "CLONE_THREAD" not in arguments
    return any(f"{path}/".startswith(f"{runs}/") for path in _named(group, arguments))


def _named(group: str, arguments: str) -> list[str]:
    """Return the paths that a call names; none for a `stat` of a file that is open already."""
    if group == "fsync":
        return _DESCRIPTOR.findall(arguments)
    return [
        path if path.startswith("/") else f"{folder}/{path}"
        for folder, path in _PATHS.findall(arguments)
        if path
    ]


def why_not() -> str:
    """Return why nothing can be traced here; empty when it can."""
    if shutil.which("strace") is None:
        return "there is no strace here; on Debian: apt-get install strace"
    done = subprocess.run(["strace", "-f", "true"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"strace may trace nothing here: {done.stderr.strip()[-200:]}"


def operations_per_trial(kind: Kind = "noop", less: int = 10, more: int = 20) -> dict[str, float]:
    """Return what one trial adds, by class, with the files and folders that it leaves behind."""
    with tempfile.TemporaryDirectory(prefix="operations-") as place:
        tried = {
            trials: _Traced(Path(place).resolve() / str(trials), kind, trials) for trials in (less, more)
        }
        counts = {trials: traced.counts() for trials, traced in tried.items()}
    per_trial = {
        name: (counts[more][name] - counts[less][name]) / (more - less)
        for name in ("files", "folders", *CLASSES)
    }
    return {name: round(value, 2) for name, value in per_trial.items()}


class _Traced:
    """A study that is being trained under strace."""

    def __init__(self, place: Path, kind: Kind, trials: int) -> None:
        self._project: Project = write_project(place, study_of(kind, trials, workers=1))
        self._log = place / "trace"
        known = ",".join(
            f"?{name}" for name in _CLASS_OF
        )  # with ?, names that another machine lacks are left
        strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-o", str(self._log), "-e", f"trace={known}"]
        self._program = subprocess.Popen(
            [*strace, *self._project.command("submit")],
            cwd=self._project.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def counts(self) -> Counter[str]:
        """Wait for the end of the study and return what was counted."""
        _, said = self._program.communicate()
        if self._program.returncode != 0:
            raise SystemExit(f"the traced submit ended with exit code {self._program.returncode}:\n{said}")
        with self._log.open(encoding="utf-8", errors="replace") as lines:
            counted = count_calls(lines, self._project.runs)
        left = left_behind(self._project.runs)
        return counted + Counter({"files": left.files, "folders": left.folders})


def as_written(counted: Mapping[str, float]) -> str:
    """Return PER_TRIAL as it has to stand in this file for what was counted."""
    lines = [f'    "{name}": {counted[name]:g},' for name in PER_TRIAL]
    return "\n".join(["PER_TRIAL: dict[str, float] = {", *lines, "}"])


def main() -> None:
    """Print one Markdown table."""
    if reason := why_not():
        raise SystemExit(reason)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", metavar="kind", help=f"{', '.join(KINDS)}; noop by default")
    kinds = parser.parse_args().kinds or ["noop"]
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        parser.error(f"there are {', '.join(KINDS)}, not {', '.join(unknown)}")
    counted = {kind: operations_per_trial(kind) for kind in kinds}
    print(f"| of one trial | {' | '.join(counted)} | held |")
    print(f"|---|{'--:|' * len(counted)}--:|")
    for name in ("files", "folders", *CLASSES):
        held = f"{PER_TRIAL[name]:g}" if name in PER_TRIAL else ""
        print(f"| {name} | {' | '.join(f'{each[name]:g}' for each in counted.values())} | {held} |")


if __name__ == "__main__":
    main()
