"""The nodes that a command runs on: how many, with how many GPUs each, and where its programs meet."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestrator.places.place import Place
    from orchestrator.study.shape import Shape

_NODES, _GPUS, _STARTER = "ORCHESTRATOR_NODES", "ORCHESTRATOR_GPUS", "ORCHESTRATOR_NODE_STARTER"
_FIRST_PORT, _PORTS = 20_000, 10_000
"""Below those that kernels give away by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """What a job has for a command."""

    count: int
    gpus: int
    """Of each node."""
    starter: tuple[str, ...] = ()
    """The words that start a program on each node."""
    variable: str = ""
    """Where that says which node it is."""
    host: str = "localhost"
    """The first node, on which the runner is."""
    port: int

    @property
    def words(self) -> dict[str, Any]:
        """What a command may refer to."""
        return {"nodes": self.count, "gpus": self.gpus, "rendezvous": f"{self.host}:{self.port}"}

    @property
    def variables(self) -> dict[str, str]:
        """What its environment says; the node's own number comes from the node where there are several."""
        own = {_NODES: str(self.count), _GPUS: str(self.gpus), "ORCHESTRATOR_NODE": "0"}
        return own | ({"MASTER_ADDR": self.host, "MASTER_PORT": str(self.port)} if self.count > 1 else {})


def offered(shape: Shape, place: Place) -> dict[str, str]:
    """Return what a worker tells its runners of the nodes that its job has."""
    starter = place.node_starter(shape.nodes)
    words = {"words": starter.words, "variable": starter.variable} if starter else {}
    return {_NODES: str(shape.nodes), _GPUS: str(shape.gpus), _STARTER: json.dumps(words)}


def own_nodes(attempt: str) -> Nodes:
    """Return the nodes of this program's job for an attempt, as its worker told; one where nobody did."""
    count, gpus = (int(os.environ.get(name, default)) for name, default in ((_NODES, "1"), (_GPUS, "0")))
    starter = json.loads(os.environ.get(_STARTER, "{}")) if count > 1 else {}
    return Nodes(
        count=count,
        gpus=gpus,
        starter=tuple(starter.get("words", ())),
        variable=starter.get("variable", ""),
        host=socket.gethostname() if count > 1 else "localhost",
        port=_free(_port(attempt)),
    )


def _port(attempt: str) -> int:
    """Return the port that an attempt's programs meet at: another one for each attempt."""
    return _FIRST_PORT + int(hashlib.sha256(attempt.encode()).hexdigest()[:8], 16) % _PORTS


def _free(port: int) -> int:
    """Return this port, or the next one that nobody listens at here."""
    for candidate in range(port, port + _PORTS):
        with closing(socket.socket()) as tried:
            try:
                tried.bind(("", candidate))
            except OSError:
                continue
            return candidate
    return port
