"""What all tests share."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.lanes import Lanes, place_of

pytest_plugins = [
    "tests.cluster_fixture",
    "tests.shared_fixture",
    "tests.study_fixture",
    "tests.study.edges.task_module_fixture",
    "tests.toy_fixture",
    "tests.mlflow_fixture",
    "tests.captured_slurm",
    "tests.squeue_fixture",
    "tests.signal_fixture",
    "tests.nvml_fixture",
]

CLUSTERS = {"dev_cluster", "network_files"}
"""The fixtures that want a real Slurm, or what one needs."""

for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # lanes that share cores would wait for each other
    os.environ.setdefault(threads, "1")

# Each `report` and `submit` would import MLflow, which takes seconds; tests of just that take it back.
os.environ["ORCHESTRATOR_MLFLOW"] = "off"

# How long an example takes depends on what else runs, and says nothing of it.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what wants a cluster, and put the longest lanes first."""
    for item in items:
        if CLUSTERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("slurm")
    items.sort(key=lambda item: place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes:
    """Give processes whole lanes."""
    return Lanes(config, log)
