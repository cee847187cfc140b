"""What a scheduler starts on each node of a job that a command wants several of: it runs the command there.

It asks the runner, over the network, what to run, passes signals on, and tells the runner how the command
ended. Once the line to the runner is cut, whatever has become of that, it kills all that it has started: a
program that starts others on other nodes may be killed and leave them there.
It imports the standard library alone, and what lies beside it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import IO

from orchestrator.engine.edges import trial_processes

CONTROL = "ORCHESTRATOR_CONTROL"
"""Where the runner listens, and the word by which it knows its own: host, port, word."""
NODE = "ORCHESTRATOR_NODE"
_PATIENCE_S = 60.0
_LEFT_S = 10.0
_TOLD_BY_RUNNER = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
"""Programs get them from the runner; one of a scheduler, which may mean all of a job, ends nothing here."""


def main() -> None:
    """Run what the runner says, until it ends or nobody is there any more who wants it."""
    variable = sys.argv[1]
    host, port, word = os.environ.pop(CONTROL).split()
    with socket.create_connection((host, int(port)), timeout=_PATIENCE_S) as line:
        line.sendall(f"{word}\n".encode())
        said = line.makefile("rb")
        order = json.loads(said.readline())
        line.settimeout(None)
        code = _run(order, os.environ.get(variable, "0"), said)
        line.sendall(f"{code}\n".encode())


def _run(order: dict[str, object], node: str, said: IO[bytes]) -> int:
    """Run the command to its end and return its exit code; end what it leaves behind."""
    mark = f"{order['attempt']}@{node}"
    variables = os.environ | dict(order["variables"]) | {NODE: node, trial_processes.MARK: mark}  # type: ignore[call-overload]  # of JSON
    for number in _TOLD_BY_RUNNER:
        signal.signal(number, _nothing)  # what is ignored would be so in the program too
    signal.signal(signal.SIGUSR2, signal.SIG_DFL if order["told_by"] == signal.SIGUSR2 else signal.SIG_IGN)
    try:
        program = subprocess.Popen(
            order["words"],  # type: ignore[call-overload]  # of JSON
            stdin=subprocess.DEVNULL,
            env=variables,
            start_new_session=True,
        )
    except OSError as error:
        sys.stderr.write(f"`{order['words'][0]}` cannot be run: {error.strerror}\n")  # type: ignore[index]
        return 127
    threading.Thread(target=_obey, args=(program, mark, said), daemon=True).start()
    code: int = program.wait()
    trial_processes.kill(program.pid, mark, _LEFT_S)
    return code


def _obey(program: subprocess.Popen[bytes], mark: str, said: IO[bytes]) -> None:
    """Pass on each signal that the runner names, and end everything once it is gone."""
    try:
        for line in said:
            program.send_signal(int(line))
    except OSError:
        pass
    trial_processes.kill(program.pid, mark, _LEFT_S)
    os._exit(0)


def _nothing(*_: object) -> None:
    """Do nothing about a signal."""


if __name__ == "__main__":
    main()
