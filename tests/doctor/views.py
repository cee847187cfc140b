"""Reports of three parties that saw nothing unusual, for the tests that need them."""

from typing import Any

from orchestrator.doctor.check_nodes import ProbeJob
from orchestrator.doctor.party import Agenda, Ages, Module, Rewritten, Trip, View

AGENDA = Agenda(parties=("login", "node-0", "node-1"), nodes=("node-0", "node-1"), races=3)


def view(name: str, **changes: Any) -> View:
    others = [other for other in AGENDA.parties if other != name]
    values: dict[str, Any] = {
        "host": f"host of {name}",
        "ended": True,
        "trips": tuple(Trip(other=other, seconds=0.1, ahead=(-0.1, 0.1)) for other in others),
        "values": {other: Rewritten(torn=0, gone=0, lag=0.1) for other in others},
        "link": (AGENDA.parties.index(name),),
        "mkdir": (AGENDA.parties.index(name),),
        "hearts": {other: Ages(oldest=1.0, newest=0.0) for other in others},
        "python": "3.11.9",
        "modules": {
            "orchestrator.engine.work": Module(seconds=0.2),
            "submitit": Module(seconds=0.1),
            "torch": Module(seconds=2.0, gpus=1),
        },
        "gpus_given": "0",
        "driver": True,
        "gpu_trouble": {"driver": "", "torch": ""},
        "signals": (("SIGUSR1", 1001.0), ("SIGUSR2", 1060.0)),
    }
    return View(**(values | changes))


def views(**changes: Any) -> dict[str, View]:
    """Return the views of all parties; the changes are those of the first node."""
    return {name: view(name, **(changes if name == "node-0" else {})) for name in AGENDA.parties}


def probe_job(nodes: dict[str, View] | None = None, **changes: Any) -> ProbeJob:
    values: dict[str, Any] = {
        "job": "7",
        "waited": 3.0,
        "gpus": 1,
        "lead": 510,
        "end": 1600.0,
        "requeue": False,
        "signalled": 1000.9,
        "setup": (),
        "missing_python": {},
        "views": {name: one for name, one in (nodes or views()).items() if name in AGENDA.nodes},
    }
    return ProbeJob(**(values | changes))
