"""A plain site, for the tests that need one."""

from typing import Any

from orchestrator.doctor.site import Allowance, Association, Node, Partition, Site

SETTINGS = {
    "MaxArraySize": "1001",
    "MaxJobCount": "10000",
    "PreemptType": "preempt/partition_prio",
    "PreemptMode": "REQUEUE",
    "PreemptExemptTime": "00:00:00",
    "KillWait": "30 sec",
    "OverTimeLimit": "0 min",
    "JobRequeue": "1",
    "MinJobAge": "300 sec",
    "MessageTimeout": "10 sec",
    "AccountingStorageEnforce": "associations,limits",
}


def partition(name: str = "gpu", **changes: Any) -> Partition:
    values: dict[str, Any] = {
        "name": name,
        "default": name == "gpu",
        "state": "UP",
        "max_time": 72000,
        "max_nodes": None,
        "tier": 1,
        "preempt_mode": "REQUEUE",
        "grace": 0,
        "qos": None,
        "accounts": None,
    }
    return Partition(**(values | changes))


def node(name: str = "n1", **changes: Any) -> Node:
    values: dict[str, Any] = {
        "name": name,
        "partition": "gpu",
        "state": "idle",
        "gres": {"gpu:k40": 2},
        "cpus": 12,
        "memory": 64000,
    }
    return Node(**(values | changes))


def association(account: str = "faces", **changes: Any) -> Association:
    values: dict[str, Any] = {
        "account": account,
        "partition": "",
        "qos": ("normal",),
        "default_qos": "",
        "allowance": Allowance(source=f"account {account}"),
    }
    return Association(**(values | changes))


def site(**changes: Any) -> Site:
    values: dict[str, Any] = {
        "user": "me",
        "settings": SETTINGS,
        "partitions": (partition(), partition("short", max_time=3600)),
        "nodes": (node(), node("n2")),
        "associations": (association(),),
        "qos": (Allowance(source="QOS normal"),),
        "sacct": True,
    }
    return Site(**(values | changes))
