"""Commands on several nodes: started on each, told on each, ended on each."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.engine.command_nodes import Nodes, offered, own_nodes
from orchestrator.engine.edges.spread_program import SpreadProgram
from orchestrator.places.local import ThisMachine
from orchestrator.places.profile import Profile
from orchestrator.places.slurm.cluster import SlurmCluster
from orchestrator.study.shape import Shape
from tests.engine.command_fixture import attempted, python
from tests.waiting import wait

pytestmark = pytest.mark.usefixtures("signals_put_back")
NODES = Nodes(count=2, gpus=4, host="n1", port=20_001)
SEEN = """
import json, os
file = os.path.join(os.environ["ORCHESTRATOR_ARTIFACTS"], os.environ["ORCHESTRATOR_NODE"])
json.dump(dict(os.environ), open(file, "w"))
"""


def seen(folder: Path) -> list[dict[str, str]]:
    return [json.loads(file.read_text()) for file in sorted(folder.iterdir())]


def running(folder: Path, script: str, told_by: signal.Signals = signal.SIGTERM) -> SpreadProgram:
    """Return a running program of two nodes."""
    starter = (str(folder / "srun"), "--nodes=2")
    return SpreadProgram(
        [sys.executable, "-c", script], dict(os.environ), told_by, starter=starter, variable="NODE"
    )


def ended(program: SpreadProgram) -> int:
    """Return the exit code of a program that ends."""
    codes: list[int] = []

    def is_over() -> bool:
        code = program.wait(0.05)
        codes.extend([] if code is None else [code])
        return code is not None

    wait(is_over)
    return codes[0]


def test_words_that_a_command_may_say() -> None:
    assert NODES.words == {"nodes": 2, "gpus": 4, "rendezvous": "n1:20001"}


def test_the_environment_says_where_programs_meet() -> None:
    assert (NODES.variables["MASTER_ADDR"], NODES.variables["MASTER_PORT"]) == ("n1", "20001")


def test_one_node_is_told_of_no_master() -> None:
    assert Nodes(count=1, gpus=0, port=1).variables == {
        "ORCHESTRATOR_NODES": "1",
        "ORCHESTRATOR_GPUS": "0",
        "ORCHESTRATOR_NODE": "0",
    }


def test_attempts_meet_at_ports_of_their_own() -> None:
    assert own_nodes("a/attempts/001").port != own_nodes("a/attempts/002").port


def test_srun_starts_one_program_on_each_node() -> None:
    words = json.loads(offered(Shape(nodes=2), SlurmCluster(Profile(name="p")))["ORCHESTRATOR_NODE_STARTER"])[
        "words"
    ]

    assert words[:4] == ["srun", "--nodes=2", "--ntasks=2", "--ntasks-per-node=1"]


def test_one_node_needs_no_srun() -> None:
    assert offered(Shape(gpus=1), ThisMachine())["ORCHESTRATOR_NODE_STARTER"] == "{}"


def test_every_node_runs_the_command_as_a_rank_of_its_own(tmp_path: Path, spread: Path) -> None:
    _, folder = attempted(tmp_path, python(SEEN))

    assert [
        (one["ORCHESTRATOR_NODE"], one["SLURM_PROCID"], one["ORCHESTRATOR_NODES"])
        for one in seen(folder.artifacts)
    ] == [("0", "0", "2"), ("1", "1", "2")]


def test_metrics_are_those_that_any_of_them_prints(tmp_path: Path, spread: Path) -> None:
    script = "import os\nif os.environ['ORCHESTRATOR_NODE'] == '0': print('acc 0.5')"
    _, folder = attempted(tmp_path, python(script, metrics={"acc": r"acc (\S+)"}))
    result = folder.read_result()

    assert result is not None
    assert result.metrics == {"acc": 0.5}


def test_one_that_fails_fails_the_trial(tmp_path: Path, spread: Path) -> None:
    script = "import os, time\nif os.environ['NODE'] == '1': raise ValueError('bad')\ntime.sleep(600)"
    exit_, _ = attempted(tmp_path, python(script))

    assert exit_.failure is not None
    assert exit_.failure.message.startswith("exit code 1: ValueError: bad")


def test_a_program_that_is_not_there_is_told(tmp_path: Path, spread: Path) -> None:
    exit_, _ = attempted(tmp_path, {"words": ["nowhere-to-be-found"]})

    assert exit_.failure is not None
    assert "`nowhere-to-be-found` cannot be run" in exit_.failure.message


def test_a_stop_is_told_everywhere_and_each_may_save(spread: Path) -> None:
    script = (
        "import os, signal, sys, time\n"
        "def save(*_):\n"
        "    time.sleep(float(os.environ['NODE']))\n"
        "    open('saved' + os.environ['NODE'], 'w'); sys.exit(3)\n"
        "signal.signal(signal.SIGTERM, save)\n"
        "open('ready' + os.environ['NODE'], 'w')\n"
        "while True: time.sleep(0.05)\n"
    )
    here = Path.cwd()
    os.chdir(spread)
    try:
        program = running(spread, script)
        wait(lambda: program.wait(0.05) is None and len(list(spread.glob("ready?"))) == 2)
        program.tell(signal.SIGTERM)
        assert ended(program) == 3
    finally:
        os.chdir(here)
    assert len(list(spread.glob("saved?"))) == 2


def test_a_stop_ahead_of_the_start_is_told(spread: Path) -> None:
    program = running(spread, "import time; time.sleep(600)")
    program.tell(signal.SIGTERM)

    assert ended(program) == -signal.SIGTERM


def test_nothing_goes_on_once_the_runner_is_killed(spread: Path) -> None:
    script = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        f"file = open({str(spread)!r} + '/pid' + os.environ['NODE'], 'w')\n"
        "file.write(f'{os.getpid()} {child.pid}\\n'); file.close()\n"
        "time.sleep(600)\n"
    )
    runner = (
        "import os, signal, sys\n"
        "from orchestrator.engine.edges.spread_program import SpreadProgram\n"
        f"program = SpreadProgram([sys.executable, '-c', {script!r}], dict(os.environ), signal.SIGTERM,\n"
        f"    starter=[{str(spread / 'srun')!r}, '--nodes=2'], variable='NODE')\n"
        "while program.wait(0.05) is None: pass\n"
    )
    process = subprocess.Popen([sys.executable, "-c", runner])
    wait(lambda: [file.read_text().endswith("\n") for file in spread.glob("pid?")] == [True, True])
    pids = [int(pid) for file in spread.glob("pid?") for pid in file.read_text().split()]
    process.kill()
    process.wait()

    wait(lambda: not any(_lives(pid) for pid in pids))


def _lives(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_stranger_is_not_told_what_to_run(spread: Path) -> None:
    program = running(spread, "import time; time.sleep(0.2)")
    with socket.create_connection(("localhost", program.port)) as line:
        line.sendall(b"let me in\n")
        line.settimeout(30)
        program.wait(0.05)
        assert line.recv(10) == b""
    assert ended(program) == 0
