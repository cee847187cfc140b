"""What a site's own settings mean for a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.doctor.check_sharing import check_shared_gres
from orchestrator.doctor.examination import Finding, about, note, ok, unknown, wrong
from orchestrator.doctor.site import least
from orchestrator.messages.problems import listed, nearest
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from orchestrator.doctor.site import Allowance, Partition, Site
    from orchestrator.places.profile import Profile

_SHORT_S = 60
"""Jobs that Slurm forgets sooner may never be seen to end."""
_SAVE_S = 10
"""A worker that is killed sooner after SIGTERM may not have saved its trial."""


def check_partition(site: Site, profile: Profile) -> Finding:
    """Check that the partition is there, is up and has nodes that work."""
    if site.partitions is None:
        return unknown("partition", site.troubles.get("scontrol", "Slurm does not answer"))
    found = site.partition(profile.partition)
    if found is None:
        names = [partition.name for partition in site.partitions]
        there, hint = "no default partition", f"set `partition`: {listed(names)}"
        if profile.partition:
            there = f"there is no partition `{profile.partition}`"
            hint = nearest(profile.partition, names)
        default = site.partition(None)
        should = default.name if default else names[0] if len(names) == 1 else None
        return wrong("partition", f"{there}; there are {listed(names)}", hint, should)
    nodes = site.members(found)
    working = [node for node in nodes if node.works]
    text = f"{found.name} is {found.state.lower()}, {len(working)} of {len(nodes)} nodes take jobs"
    if found.state != "UP":
        return wrong("partition", text, f"another one, or wait: sinfo --partition={found.name}")
    if site.nodes is None:
        return ok("partition", f"{found.name} is up")
    if not working:
        return wrong("partition", text, f"see why: sinfo --list-reasons --partition={found.name}")
    return ok("partition", text)


def check_time(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare the longest wall limit of a job with what the profile says."""
    limit = _max_time(site, partition, profile)
    if limit is None:
        return ok("wall limit", f"{partition.name} sets none")
    text = f"{format_duration(limit)} at most"
    if profile.max_time is None:
        return note("wall limit", text, should=limit)
    if profile.max_time > limit:
        hint = "longer jobs would wait in the queue for ever, or be refused"
        return wrong("wall limit", text, hint, limit)
    return ok("wall limit", text)


def check_array(site: Site, profile: Profile) -> Finding:
    """Compare MaxArraySize with what the profile says."""
    limit = site.number("MaxArraySize")
    if limit is None:
        return unknown("job arrays", "MaxArraySize was not told")
    text = f"MaxArraySize is {limit}"
    if limit < 2:
        return wrong("job arrays", f"{text}: there are none here")
    if profile.max_array_size > limit:
        return wrong("job arrays", text, "sbatch refuses larger indices", limit)
    return ok("job arrays", text)


def check_workers(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare how many jobs a user may have with how many workers the profile wants."""
    found = _allowances(site, partition, profile)
    submit, active = _submit(site, partition, profile), least([one.jobs for one in found])
    told = [
        f"{one.source} allows {name} {value}"
        for one in found
        for name, value in (("MaxSubmitJobs", one.submit), ("MaxJobs", one.jobs), ("TRES", one.tres))
        if value
    ]
    silent = site.qos is None or site.associations is None
    if silent:
        told.append(f"limits of the user are unknown ({site.troubles.get('sacctmgr', 'no answer')})")
    text = ", ".join([*told, f"MaxJobCount is {site.number('MaxJobCount')}"])
    if submit is not None and profile.max_workers >= submit:
        hint = (
            "each submission of workers has a sentinel job beside it, so keep to half of what may be queued"
        )
        return wrong("workers", text, hint, max(1, submit // 2))
    if submit is not None and 2 * profile.max_workers > submit:
        hint = "with a sentinel job beside each, submissions may have to wait for one another"
        return note("workers", text, hint, max(1, submit // 2))
    if active is not None and profile.max_workers > active:
        return note("workers", text, "the others wait in the queue")
    return unknown("workers", text) if silent else ok("workers", text)


def check_memory(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare the largest node with what the profile says; shapes beyond it never start."""
    nodes = site.members(partition)
    if not nodes:
        return unknown("largest node", "no node was told")
    memory, cpus = max(node.memory for node in nodes), max(node.cpus for node in nodes)
    text = f"{memory} MB, {cpus} cores; a shape beyond that never starts"
    if profile.max_memory is None:
        hint = "with `max_memory`, a trial that ran out of memory is repeated with more"
        return note("largest node", text, hint, memory)
    if profile.max_memory > memory:
        return wrong("largest node", text, should=memory)
    return ok("largest node", text)


def check_gres(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare the names of GPUs in the partition with what the profile says."""
    if site.nodes is None:
        return unknown("gres", site.troubles.get("sinfo", "no answer"))
    found = site.gres(partition)
    if not found:
        text = f"{partition.name} has none: stages that ask for GPUs never start there"
        with_gpus = [one.name for one in site.partitions or () if site.gres(one)]
        hint = f"partitions with some: {listed(with_gpus)}" if with_gpus else ""
        return note("gres", text, hint)
    text = ", ".join(f"{name} ({count} in all)" for name, count in found.items())
    if site.has_gres(partition, profile.gres):
        return ok("gres", text)
    return wrong("gres", text, f"sbatch refuses `{profile.gres}:1`", _gres(site, partition))


def check_account(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Check that jobs may be submitted under the profile's account, or under none."""
    if site.associations is None:
        return unknown("account", f"sacctmgr does not say ({site.troubles.get('sacctmgr', 'no answer')})")
    accounts = list(dict.fromkeys(one.account for one in site.associations))
    enforced = _needs_account(site)
    text = f"{site.user} has {listed(accounts)}" if accounts else f"{site.user} has none"
    text += ", needed for every job" if enforced else ", not needed here"
    if not enforced:
        return (ok if profile.account in (None, *accounts) else note)("account", text)
    if not accounts:
        return wrong("account", text, "ask the site for one")
    should = _account(site, partition)
    if profile.account is not None and profile.account not in accounts:
        return wrong("account", text, nearest(profile.account, accounts), should)
    allowed = partition.accounts
    if allowed is not None and (profile.account or accounts[0]) not in allowed:
        return wrong("account", f"{text}; {partition.name} is for {listed(allowed)} only", should=should)
    return ok("account", text)


def check_preemption(site: Site, partition: Partition) -> Finding:
    """Say who may take a worker's node away, and how much time it then has."""
    kind, mode = site.setting("PreemptType"), site.setting("PreemptMode")
    if kind is None or mode is None:
        return unknown("preemption", "PreemptType was not told")
    above = [one.name for one in site.partitions or () if one.tier > partition.tier]
    possible = {"preempt/none": False, "preempt/partition_prio": bool(above)}.get(kind, True)
    if not possible or mode == "OFF" or partition.preempt_mode == "OFF":
        return ok("preemption", f"{kind}, {mode}: nothing preempts jobs of {partition.name}")
    by = f"by {listed(above)}" if kind == "preempt/partition_prio" else f"as {kind} decides"
    kill_wait = site.number("KillWait") or 0
    left = max(partition.grace, kill_wait)
    text = (
        f"jobs of {partition.name} may be preempted {by} ({partition.preempt_mode}); SIGTERM, "
        f"then SIGKILL after GraceTime {partition.grace} s and KillWait {kill_wait} s; "
        f"PreemptExemptTime {site.setting('PreemptExemptTime')}"
    )
    hint = "save checkpoints often: what was not saved by then is trained again" if left < _SAVE_S else ""
    return note("preemption", text, hint)


def check_memory_of_jobs(site: Site) -> Finding:
    """Say how long Slurm knows a job after its end."""
    age = site.number("MinJobAge")
    if age is None:
        return unknown("ended jobs", "MinJobAge was not told")
    text = f"Slurm knows a job for MinJobAge {age} s after its end"
    if age < _SHORT_S:
        return note("ended jobs", text, "a job that ends within moments may never be seen")
    return ok("ended jobs", text)


def check_accounting(site: Site) -> Finding:
    """Say whether sacct answers; the engine does not need it."""
    if site.sacct:
        return ok("sacct", "answers; not needed")
    return note("sacct", f"does not answer ({site.troubles.get('sacct', 'no answer')}); not needed")


def check_answers(site: Site, profile: Profile) -> Finding:
    """Compare how long Slurm may take to answer with how long the profile lets it."""
    timeout = site.number("MessageTimeout")
    if timeout is None:
        return unknown("answers", "MessageTimeout was not told")
    text = f"MessageTimeout is {timeout} s"
    if timeout > profile.patience:
        return note("answers", text, "a slow answer counts as none, which never changes a state", timeout)
    return ok("answers", text)


def check_site(site: Site, profile: Profile) -> list[Finding]:
    """Return what the site's settings say about a profile."""
    first = check_partition(site, profile)
    if site.partitions is None:
        return [first]
    first = about(first, profile, "partition")
    partition = site.partition(profile.partition) or site.partition(first.should)
    if partition is None:
        return [first]
    return [
        first,
        about(check_time(site, partition, profile), profile, "max_time"),
        about(check_array(site, profile), profile, "max_array_size"),
        about(check_workers(site, partition, profile), profile, "max_workers"),
        about(check_memory(site, partition, profile), profile, "max_memory"),
        about(check_gres(site, partition, profile), profile, "gres"),
        *check_shared_gres(site, partition),
        about(check_account(site, partition, profile), profile, "account"),
        check_preemption(site, partition),
        check_memory_of_jobs(site),
        check_accounting(site),
        about(check_answers(site, profile), profile, "patience"),
    ]


def discovered(site: Site, partition: Partition, profile: Profile) -> Profile:
    """Return the profile with everything that the site says of itself."""
    submit = _submit(site, partition, profile)
    array = site.number("MaxArraySize")
    workers = profile.max_workers
    found = {
        "partition": partition.name,
        "account": _account(site, partition),
        "gres": _gres(site, partition) or profile.gres,
        "max_time": _max_time(site, partition, profile),
        "max_workers": workers if submit is None else min(workers, max(1, submit // 2)),
        "max_array_size": profile.max_array_size if array is None else max(2, array),
        "max_memory": max((node.memory for node in site.members(partition)), default=None),
    }
    return profile.model_copy(update=found)


def _max_time(site: Site, partition: Partition, profile: Profile) -> int | None:
    return least([partition.max_time, *(one.time for one in _allowances(site, partition, profile))])


def _submit(site: Site, partition: Partition, profile: Profile) -> int | None:
    allowed = [one.submit for one in _allowances(site, partition, profile)]
    return least([*allowed, site.number("MaxJobCount")])


def _gres(site: Site, partition: Partition) -> str | None:
    """Return the name of the partition's only kind of GPU, plain `gpu` where there are several."""
    names = [name for name in site.gres(partition) if name.partition(":")[0] == "gpu"]
    return names[0] if len(names) == 1 else "gpu" if names else None


def _account(site: Site, partition: Partition) -> str | None:
    """Return the account to name: none where the site needs none or the user's first one will do."""
    if not _needs_account(site):
        return None
    accounts = [one.account for one in site.associations or ()]
    allowed = [name for name in accounts if partition.accounts is None or name in partition.accounts]
    return allowed[0] if allowed else None


def _needs_account(site: Site) -> bool:
    return "associations" in (site.setting("AccountingStorageEnforce") or "")


def _allowances(site: Site, partition: Partition, profile: Profile) -> list[Allowance]:
    qos = profile.sbatch.get("qos")
    return site.allowances(partition, profile.account, None if qos is None else str(qos))
