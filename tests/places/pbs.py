"""Another scheduler in one file: a PBS as a place for workers, and the programs of one that is not there.

So much is written by whoever adds a scheduler: the class below, and one line in the table of places.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.messages.errors import SchedulerError, SilentError
from orchestrator.places.job_log import Launch
from orchestrator.places.place import Ended, LossKind, Place
from orchestrator.places.profile import Limits, Profile
from orchestrator.places.program import program_name
from orchestrator.places.wall_limit import End

_KEPT = {"PBS_CONF_FILE", "PBS_EXEC"}
_KINDS: dict[str, LossKind] = {"271": "killed", "-27": "host_out_of_memory", "-29": "timeout"}
_LINE = re.compile(
    r"Job Id: ([0-9]+(?:\[[0-9]+\])?)\.here\|Job_Name=(.*)\|job_state=([QRF])\|end=([0-9]*)\|Exit_status=(.*)"
)


@dataclass(frozen=True)
class Shown:
    """A job as qstat shows it."""

    job: str
    name: str
    state: str
    end: str
    status: str


class PbsCluster(Place):
    """A cluster whose jobs are queued by PBS."""

    kind = "pbs"
    job_pattern = r"[0-9]+(\[[0-9]+\])?"
    queue_program = "qstat"

    def __init__(self, profile: Profile, _since: float | None = None) -> None:
        self.name = profile.name
        self._profile = profile

    def limits(self) -> Limits:
        return Limits(workers=self._profile.max_workers)

    def check_folder(self, folder: Path) -> None:
        pass

    def start(self, launch: Launch, code: Path) -> tuple[str, ...]:
        intent = launch.intent
        assert intent is not None
        which = "wake" if intent.kind == "sentinel" else "${PBS_ARRAY_INDEX:-0}"
        log = f"{shlex.quote(str(launch.folder))}/job-$PBS_JOBID.log"
        script = launch.folder / "job.sh"
        script.write_text(
            f"cd {shlex.quote(str(code))}\nexport PYTHONPATH={shlex.quote(str(code))}:$PYTHONPATH\n"
            f"exec {shlex.quote(sys.executable)} -m orchestrator.engine.work "
            f"{shlex.quote(str(launch.folder))} {which} >{log} 2>&1\n"
        )
        options = ["-N", intent.token, "-l", f"walltime={intent.shape.time}"]
        if intent.count > 1:
            options += ["-J", f"0-{intent.count - 1}"]
        if intent.after:
            arrays = sorted({_id(job).partition("[")[0] for job in intent.after})
            options += ["-W", f"depend=afterany:{':'.join(arrays)}"]
        number = self._ask("qsub", *options, str(script)).partition(".")[0].removesuffix("[]")
        return _jobs_of(number, intent.count)

    def find(self, launch: Launch) -> tuple[str, ...] | None:
        found = self.jobs_of([launch])
        if not found or launch.intent is None:
            return None if found is None else ()
        first = min(int(_id(job).partition("[")[0]) for job in found)
        return _jobs_of(str(first), launch.intent.count)

    def jobs_of(self, launches: Sequence[Launch]) -> list[str] | None:
        tokens = {launch.intent.token for launch in launches if launch.intent}
        queue = self._queue()
        return None if queue is None else [f"pbs:{shown.job}" for shown in queue if shown.name in tokens]

    def is_alive(self, job: str) -> bool | None:
        if not job.startswith("pbs:"):
            return False
        queue = self._queue()
        return None if queue is None else any(shown.job == _id(job) for shown in queue)

    def is_waiting(self, job: str, /) -> bool:
        return any(shown.job == _id(job) and shown.state == "Q" for shown in self._queue() or ())

    def count(self) -> int:
        return len(self._queue() or ())

    def cancel(self, jobs: Iterable[str], *, waiting: bool = False) -> None:
        ids = [_id(job) for job in jobs if not waiting or self.is_waiting(job)]
        if ids:
            self._ask("qdel", *ids)

    def stop(self, job: str) -> None:
        self.signal(job, signal.SIGTERM)

    def signal(self, job: str, number: signal.Signals) -> None:
        self._ask("qsig", "-s", number.name, _id(job))

    def this_job(self) -> str:
        job = os.environ.get("PBS_JOBID")
        return f"pbs:{job.partition('.')[0]}" if job else program_name(os.getpid())

    def this_node(self) -> str:
        return os.environ.get("PBS_NODENAME", "")

    def started_with(self, job: str, launch: Launch, /) -> tuple[str, ...] | None:
        if not job.startswith("pbs:") or launch.intent is None:
            return None
        return _jobs_of(_id(job).partition("[")[0], launch.intent.count)

    def node_starter(self, _nodes: int) -> None:
        return None

    def end_of(self, job: str, asked_s: float, /) -> End:
        for shown in self._queue() or ():
            if shown.job == _id(job) and shown.end:
                return End(time=float(shown.end), known=True)
        return End(time=time.time() + asked_s, known=False)

    def ends_of(self, jobs: Sequence[str], /) -> dict[str, Ended]:
        mine = {_id(job) for job in jobs if job.startswith("pbs:")}
        over = [shown for shown in self._queue("-x") or () if shown.state == "F"] if mine else []
        return {
            f"pbs:{shown.job}": Ended(kind=_KINDS.get(shown.status, "lost"), state=shown.status)
            for shown in over
            if shown.job in mine
        }

    def _queue(self, *options: str) -> list[Shown] | None:
        try:
            lines = self._ask("qstat", *options, "-t", "-f", "-F", "dsv").splitlines()
        except SchedulerError:
            return None
        found = [_LINE.fullmatch(line) for line in lines]
        return [Shown(*line.groups()) for line in found if line]

    def _ask(self, *words: str) -> str:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PBS_", "QSUB_")) or name in _KEPT
        }
        try:
            done = subprocess.run(
                words,
                env=environment,
                capture_output=True,
                text=True,
                timeout=self._profile.patience,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SilentError(f"`{words[0]}` does not answer: {error}") from error
        if "cannot connect to server" in done.stderr:
            raise SilentError(done.stderr.strip())
        if done.returncode and "Unknown Job Id" not in done.stderr:
            raise SchedulerError(f"{words[0]} failed: {done.stderr.strip()}")
        return done.stdout


def _jobs_of(number: str, count: int) -> tuple[str, ...]:
    return (f"pbs:{number}",) if count == 1 else tuple(f"pbs:{number}[{index}]" for index in range(count))


def _id(job: str) -> str:
    return job.removeprefix("pbs:")


_ALL = """
env >> environment
if [ -f silent ]; then echo 'cannot connect to server here' >&2; exit 1; fi
"""
_QSUB = """
while getopts N:J:l:W: option; do case $option in
    N) name=$OPTARG;;
    J) last=${OPTARG#0-};;
    l) walltime=${OPTARG#walltime=};;
    W) after=$(echo "${OPTARG#depend=afterany:}" | tr : ' ');;
esac; done
shift $((OPTIND - 1))
number=1
while ! mkdir "jobs/$number" 2>/dev/null; do number=$((number + 1)); done
for index in $(seq 0 "${last:-0}"); do
    mkdir "jobs/$number/.$index"
    cd "jobs/$number/.$index"
    echo "$number${last:+[$index]}" > id; echo "$name" > name; echo Q > state
    cd ../../..
    mv "jobs/$number/.$index" "jobs/$number/$index"
    setsid bin/mom "jobs/$number/$index" "$1" "$walltime" "$after" </dev/null >/dev/null 2>&1 &
done
echo "$number${last:+[]}.here"
"""
_MOM = """
while [ -f hold ] || grep -qs '[QR]' $(for job in $4; do echo "jobs/$job/*/state"; done) /dev/null; do
    sleep 0.05
    grep -qs F "$1/state" && exit
done
echo $(($(date +%s) + $3)) > "$1/end"
export PBS_JOBID="$(cat "$1/id").here" PBS_ARRAY_INDEX="${1##*/}"
setsid sh -c 'echo $$ > "$0/leader"; exec sh "$1"' "$1" "$2" &
while [ ! -s "$1/leader" ]; do sleep 0.01; done
echo R > "$1/state"
wait $!
[ -f "$1/status" ] || echo $? > "$1/status"
echo F > "$1/state"
"""
_QSTAT = """
for job in jobs/*/*/; do
    [ -f "$job/state" ] || continue
    state=$(cat "$job/state")
    if [ "$state" != F ] || [ "$1" = -x ]; then
        echo "Job Id: $(cat "$job/id").here|Job_Name=$(cat "$job/name")|job_state=$state\\
|end=$(cat "$job/end" 2>/dev/null)|Exit_status=$(cat "$job/status" 2>/dev/null)"
    fi
done
"""
_EACH = """
for id in "$@"; do
    for job in jobs/*/*/; do
        [ "$(cat "$job/id")" = "$id" ] || continue
        %s
    done
done
exit 0
"""
_QDEL = _EACH % (
    'echo 271 > "$job/status"; if [ -f "$job/leader" ]; then kill -TERM -- "-$(cat "$job/leader")"; '
    'else echo F > "$job/state"; fi'
)
_QSIG = "number=$2; shift 2" + _EACH % 'kill -"${number#SIG}" -- "-$(cat "$job/leader")"'


def make_pbs(folder: Path) -> Path:
    """Write the programs of a PBS with an empty queue, and return the folder that PATH has to begin with.

    While a file `hold` is in the folder no job begins; while there is a `silent` no program answers.
    """
    programs = folder / "bin"
    programs.mkdir(parents=True)
    (folder / "jobs").mkdir()
    scripts = {"qsub": _QSUB, "qstat": _QSTAT, "qdel": _QDEL, "qsig": _QSIG}
    for name, script in {**{name: _ALL + script for name, script in scripts.items()}, "mom": _MOM}.items():
        (programs / name).write_text(f"#!/bin/bash\ncd {shlex.quote(str(folder))} || exit 9\n{script}")
        (programs / name).chmod(0o755)
    return programs
