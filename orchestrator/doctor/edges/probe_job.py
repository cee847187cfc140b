"""The job that looks at nodes: submitted with the options of a worker, watched, signalled, cancelled."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.doctor.edges import gpu_sharing
from orchestrator.doctor.party import View
from orchestrator.engine.edges import gpu_check
from orchestrator.files.record_file import read_stored, write_beside
from orchestrator.places.job_log import Intent
from orchestrator.places.program import program_name
from orchestrator.places.slurm.command import AnswerError, ask
from orchestrator.places.slurm.sbatch import check_path, job_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.doctor.party import Agenda
    from orchestrator.places.profile import Profile
    from orchestrator.study.shape import Shape

_PARTY = Path(__file__).with_name("probe_party.py")
_NOT_SBATCH = {"array_parallelism", "stderr_to_stdout", "setup", "additional_parameters"}
_LOG_LINES = 5
_BEGIN = """\
if [ -x {python} ]; then
    exec {python} -u {folder}/probe_party.py {folder} node-$SLURM_PROCID
fi
echo "$SLURMD_NODENAME" >{folder}/no-python-$SLURM_PROCID
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What Slurm says of a job."""

    state: str
    reason: str
    end: float | None
    requeue: bool


def lay_out(folder: Path, agenda: Agenda) -> None:
    """Put what the parties need into their folder."""
    folder.mkdir(parents=True)
    write_agenda(folder, agenda)
    for program in (_PARTY, Path(gpu_check.__file__), Path(gpu_sharing.__file__)):
        shutil.copyfile(program, folder / program.name)


def write_agenda(folder: Path, agenda: Agenda) -> None:
    """Write what the parties are to do."""
    write_beside(folder / "agenda.json", agenda.model_dump_json())


def start_party(folder: Path, name: str) -> subprocess.Popen[bytes]:
    """Start a party on this machine."""
    with (folder / f"{name}.log").open("ab") as log:
        command = [sys.executable, "-u", str(folder / "probe_party.py"), str(folder), name]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def read_views(folder: Path, names: Sequence[str]) -> dict[str, View]:
    """Return what the parties have reported so far."""
    found = {name: read_stored(folder / f"{name}.json", View) for name in names}
    return {name: view for name, view in found.items() if view is not None}


def submit(folder: Path, profile: Profile, shape: Shape, nodes: int, lead: int) -> str:
    """Submit the job and return its id.

    Raises AnswerError with what sbatch says when it refuses, UserError for a folder that it cannot take.
    """
    check_path(folder)
    intent = Intent(
        token=f"doctor-{folder.name}",
        cluster=profile.name,
        kind="workers",
        shape=shape,
        count=1,
        code="",
        starter=program_name(os.getpid()),
        time=time.time(),
    )
    parameters = job_parameters(profile, intent, Path(__file__).resolve().parents[3])
    write_beside(
        folder / "begin.sh", _BEGIN.format(python=shlex.quote(sys.executable), folder=_quoted(folder))
    )
    write_beside(folder / "job.sh", script(parameters, profile.setup, folder, nodes, lead))
    return ask(["sbatch", "--parsable", str(folder / "job.sh")]).strip().partition(";")[0]


def script(parameters: Mapping[str, Any], setup: Sequence[str], folder: Path, nodes: int, lead: int) -> str:
    """Return the job's script: the options of a worker, but for several nodes and another signal."""
    options = {
        **{name: value for name, value in parameters.items() if name not in _NOT_SBATCH},
        **parameters["additional_parameters"],
        "nodes": nodes,
        "ntasks_per_node": 1,
        "signal": f"USR2@{lead}",
        "output": folder / "job.log",
    }
    lines = ["#!/bin/bash"]
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        lines.append(f"#SBATCH {flag}" if value is True else f"#SBATCH {flag}={shlex.quote(str(value))}")
    for line in setup:
        lines += [line, f"echo $? {shlex.quote(line)} >>{_quoted(folder)}/setup.txt"]
    lines += [line for line in parameters["setup"] if line not in setup]
    lines.append(f"srun --unbuffered --output={_quoted(folder)}/node-%t.log sh {_quoted(folder)}/begin.sh")
    return "\n".join(lines) + "\n"


def look_at_job(job: str) -> Sight | None:
    """Return what Slurm says of the job; None when it knows no such job any more.

    Raises AnswerError when it does not answer.
    """
    try:
        text = ask(["scontrol", "show", "--oneliner", "job", job])
    except AnswerError as error:
        if "Invalid job id" in str(error):
            return None
        raise
    said = dict(word.partition("=")[::2] for word in text.split())
    end = said.get("EndTime", "Unknown")
    return Sight(
        state=said.get("JobState", "UNKNOWN"),
        reason=said.get("Reason", ""),
        end=None if end in {"Unknown", "N/A", "None"} else datetime.fromisoformat(end).timestamp(),
        requeue=said.get("Requeue") == "1",
    )


def send_signal(job: str) -> float | None:
    """Ask Slurm to signal the job's programs; return when it was asked, None when it refused."""
    began = time.time()
    try:
        ask(["scancel", "--signal=USR1", job])
    except AnswerError:
        return None
    return began


def cancel(job: str) -> None:
    """Cancel the job; one that is gone is passed over.

    Raises AnswerError when Slurm does not answer.
    """
    try:
        ask(["scancel", job])
    except AnswerError as error:
        if "Invalid job id" not in str(error):
            raise


def setup_codes(folder: Path) -> list[tuple[int, str]]:
    """Return the exit code of each `setup` line that ended."""
    file = folder / "setup.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [(int(code), line) for code, _, line in (line.partition(" ") for line in lines)]


def nodes_without_python(folder: Path) -> dict[str, str]:
    """Return the nodes on which this interpreter is not there."""
    marks = folder.glob("no-python-*")
    return {mark.read_text(encoding="utf-8").strip(): sys.executable for mark in marks}


def last_words(folder: Path) -> str:
    """Return the end of what the job wrote to its logs."""
    lines: list[str] = []
    for log in sorted(folder.glob("*.log")):
        lines += log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    return "; ".join(line.strip() for line in lines if line.strip())


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder))
