"""What a site's own settings mean for a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.doctor.examination import Finding, about, note, ok, unknown, wrong
from orchestrator.doctor.site import least
from orchestrator.messages.problems import listed, nearest
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from orchestrator.doctor.site import Partition, Site
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
        there = (
            f"there is no partition `{profile.partition}`" if profile.partition else "no default partition"
        )
        only = names[0] if len(names) == 1 else None
        hint = nearest(profile.partition, names) if profile.partition else f"set `partition`: {listed(names)}"
        default = site.partition(None)
        should = default.name if default else only
        return about(
            wrong("partition", f"{there}; there are {listed(names)}", hint), profile, "partition", should
        )
    nodes = site.members(found)
    working = [node for node in nodes if node.works]
    text = f"{found.name} is {found.state.lower()}, {len(working)} of {len(nodes)} nodes take jobs"
    if found.state != "UP":
        finding = wrong("partition", text, f"another one, or wait: sinfo --partition={found.name}")
    elif site.nodes is not None and not working:
        finding = wrong("partition", text, f"see why: sinfo --list-reasons --partition={found.name}")
    else:
        finding = ok("partition", text if site.nodes is not None else f"{found.name} is up")
    return about(finding, profile, "partition")


def check_time(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare the longest wall limit of a job with what the profile says."""
    limit = _max_time(site, partition, profile)
    if limit is None:
        finding, should = ok("wall limit", f"{partition.name} sets none"), None
    elif profile.max_time is None:
        finding, should = note("wall limit", f"{format_duration(limit)} at most"), limit
    elif profile.max_time > limit:
        hint = "longer jobs would wait in the queue for ever, or be refused"
        finding, should = wrong("wall limit", f"{format_duration(limit)} at most", hint), limit
    else:
        finding, should = ok("wall limit", f"{format_duration(limit)} at most"), None
    return about(finding, profile, "max_time", should)


def check_array(site: Site, profile: Profile) -> Finding:
    """Compare MaxArraySize with what the profile says."""
    limit = site.number("MaxArraySize")
    if limit is None:
        return about(unknown("job arrays", "MaxArraySize was not told"), profile, "max_array_size")
    text = f"MaxArraySize is {limit}"
    if limit < 2:
        return about(wrong("job arrays", f"{text}: there are none here"), profile, "max_array_size")
    if profile.max_array_size > limit:
        finding = wrong("job arrays", text, "sbatch refuses larger indices")
        return about(finding, profile, "max_array_size", limit)
    return about(ok("job arrays", text), profile, "max_array_size")


def check_workers(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare how many jobs a user may have with how many workers the profile wants."""
    found = site.allowances(partition, profile.account, _qos(profile))
    submit, active = _submit(site, partition, profile), least([one.jobs for one in found])
    told = [
        f"{one.source} allows {name} {value}"
        for one in found
        for name, value in (("MaxSubmitJobs", one.submit), ("MaxJobs", one.jobs), ("TRES", one.tres))
        if value
    ]
    if site.qos is None or site.associations is None:
        told.append(f"limits of the user are unknown ({site.troubles.get('sacctmgr', 'no answer')})")
    text = ", ".join([*told, f"MaxJobCount is {site.number('MaxJobCount')}"])
    if submit is not None and profile.max_workers >= submit:
        hint = (
            "each submission of workers has a sentinel job beside it, so keep to half of what may be queued"
        )
        finding = about(wrong("workers", text, hint), profile, "max_workers", max(1, submit // 2))
    elif submit is not None and 2 * profile.max_workers > submit:
        hint = "with a sentinel job beside each, submissions may have to wait for one another"
        finding = about(note("workers", text, hint), profile, "max_workers", max(1, submit // 2))
    elif active is not None and profile.max_workers > active:
        finding = about(note("workers", text, "the others wait in the queue"), profile, "max_workers")
    elif site.qos is None or site.associations is None:
        finding = about(unknown("workers", text), profile, "max_workers")
    else:
        finding = about(ok("workers", text), profile, "max_workers")
    return finding


def check_memory(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare the largest node with what the profile says; shapes beyond it never start."""
    nodes = site.members(partition)
    if not nodes:
        return about(unknown("largest node", "no node was told"), profile, "max_memory")
    memory, cpus = max(node.memory for node in nodes), max(node.cpus for node in nodes)
    text = f"{memory} MB, {cpus} cores; a shape beyond that never starts"
    if profile.max_memory is None:
        hint = "with `max_memory`, a trial that ran out of memory is repeated with more"
        return about(note("largest node", text, hint), profile, "max_memory", memory)
    if profile.max_memory > memory:
        return about(wrong("largest node", text), profile, "max_memory", memory)
    return about(ok("largest node", text), profile, "max_memory")


def check_gres(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Compare the names of GPUs in the partition with what the profile says."""
    if site.nodes is None:
        return about(unknown("gres", site.troubles.get("sinfo", "no answer")), profile, "gres")
    found = site.gres(partition)
    if not found:
        text = f"{partition.name} has none: stages that ask for GPUs never start there"
        with_gpus = [one.name for one in site.partitions or () if site.gres(one)]
        hint = f"partitions with some: {listed(with_gpus)}" if with_gpus else ""
        return about(note("gres", text, hint), profile, "gres")
    text = ", ".join(f"{name} ({count} in all)" for name, count in found.items())
    if any(name == profile.gres or name.startswith(f"{profile.gres}:") for name in found):
        return about(ok("gres", text), profile, "gres")
    hint = f"sbatch refuses `{profile.gres}:1`"
    return about(wrong("gres", text, hint), profile, "gres", _gres(site, partition))


def check_account(site: Site, partition: Partition, profile: Profile) -> Finding:
    """Check that jobs may be submitted under the profile's account, or under none."""
    if site.associations is None:
        why = site.troubles.get("sacctmgr", "no answer")
        return about(unknown("account", f"sacctmgr does not say ({why})"), profile, "account")
    accounts = list(dict.fromkeys(one.account for one in site.associations))
    enforced = "associations" in (site.setting("AccountingStorageEnforce") or "")
    text = f"{site.user} has {listed(accounts)}" if accounts else f"{site.user} has none"
    text += ", needed for every job" if enforced else ", not needed here"
    allowed = partition.accounts
    if not enforced:
        mark = ok if profile.account in (None, *accounts) else note
        return about(mark("account", text), profile, "account")
    if not accounts:
        return about(wrong("account", text, "ask the site for one"), profile, "account")
    if profile.account is not None and profile.account not in accounts:
        finding = wrong("account", text, nearest(profile.account, accounts))
        return about(finding, profile, "account", _account(site, partition))
    used = profile.account or accounts[0]
    if allowed is not None and used not in allowed:
        finding = wrong("account", f"{text}; {partition.name} is for {listed(allowed)} only")
        return about(finding, profile, "account", _account(site, partition))
    return about(ok("account", text), profile, "account")


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
        return about(unknown("answers", "MessageTimeout was not told"), profile, "patience")
    text = f"MessageTimeout is {timeout} s"
    if timeout > profile.patience:
        finding = note("answers", text, "a slow answer counts as none, which never changes a state")
        return about(finding, profile, "patience", timeout)
    return about(ok("answers", text), profile, "patience")


def check_site(site: Site, profile: Profile) -> list[Finding]:
    """Return what the site's settings say about a profile."""
    first = check_partition(site, profile)
    partition = site.partition(profile.partition) or site.partition(first.should)
    if partition is None:
        return [first]
    return [
        first,
        check_time(site, partition, profile),
        check_array(site, profile),
        check_workers(site, partition, profile),
        check_memory(site, partition, profile),
        check_gres(site, partition, profile),
        check_account(site, partition, profile),
        check_preemption(site, partition),
        check_memory_of_jobs(site),
        check_accounting(site),
        check_answers(site, profile),
    ]


def discovered(site: Site, partition: Partition, profile: Profile) -> Profile:
    """Return the profile with everything that the site says of itself."""
    submit = _submit(site, partition, profile)
    array = site.number("MaxArraySize")
    nodes = site.members(partition)
    found = {
        "partition": partition.name,
        "account": _account(site, partition),
        "gres": _gres(site, partition) or profile.gres,
        "max_time": _max_time(site, partition, profile),
        "max_workers": profile.max_workers
        if submit is None
        else min(profile.max_workers, max(1, submit // 2)),
        "max_array_size": profile.max_array_size if array is None else max(2, array),
        "max_memory": max((node.memory for node in nodes), default=None),
    }
    return profile.model_copy(update=found)


def _max_time(site: Site, partition: Partition, profile: Profile) -> int | None:
    allowed = site.allowances(partition, profile.account, _qos(profile))
    return least([partition.max_time, *(one.time for one in allowed)])


def _submit(site: Site, partition: Partition, profile: Profile) -> int | None:
    allowed = site.allowances(partition, profile.account, _qos(profile))
    return least([*(one.submit for one in allowed), site.number("MaxJobCount")])


def _gres(site: Site, partition: Partition) -> str | None:
    """Return the name of the partition's only kind of GPU, plain `gpu` where there are several."""
    names = [name for name in site.gres(partition) if name.partition(":")[0] == "gpu"]
    return names[0] if len(names) == 1 else "gpu" if names else None


def _account(site: Site, partition: Partition) -> str | None:
    """Return the account to name: none where the site needs none or the user's first one will do."""
    if "associations" not in (site.setting("AccountingStorageEnforce") or ""):
        return None
    accounts = [one.account for one in site.associations or ()]
    allowed = [name for name in accounts if partition.accounts is None or name in partition.accounts]
    return allowed[0] if allowed else None


def _qos(profile: Profile) -> str | None:
    name = profile.sbatch.get("qos")
    return None if name is None else str(name)
