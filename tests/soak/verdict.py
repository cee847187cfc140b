"""What must hold after the faults: every check reads evidence and returns what is wrong, one line each."""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from slurm.dev_daemons import ClusterError
from tests.soak.run_folder import claims, of_attempts, pruned, results
from tests.soak.study import PRUNED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.soak.world import Typed, World

_LEFT_S = 180
"""So long the last sentinel may wait in the queue, and the last process may take to end."""
_REGISTER_S = 20
"""After a crash Slurm may keep jobs as running that no node has, until it asks the nodes what they have."""
_MOST_LINES = 10

Diary = list[dict[str, Any]]


def problems_of(world: World, undisturbed: Path, trials: int, began: float) -> list[str]:
    """Return everything that is wrong with a study after all faults were mended."""
    left = check_nothing_is_left(world)
    diary = read_lines(world.diary)
    status = world.type("status", "soak", "--json")
    world.answered(status)
    return [
        *left,
        *check_all_done(json.loads(status.answer or "{}"), trials),
        *check_results(results(world.runs), results(undisturbed), pruned(world.runs) | pruned(undisturbed)),
        *check_decisions(decisions(world.runs)),
        *check_answers(answers(world.runs)),
        *check_trained_once(diary),
        *check_submissions(submissions(world), records(world, began)),
        *check_attempts_known(claims(world.runs), submissions(world)),
        *check_never_backwards(world.typed),
        *check_commands(world.typed),
        *check_logs(world.study),
    ]


def check_all_done(status: Mapping[str, Any], trials: int) -> list[str]:
    """Every trial of the study is DONE, or PRUNED where its search has a pruner."""
    found = Counter(
        "DONE" if trial["state"] == "PRUNED" and trial["stage"] in PRUNED else trial["state"]
        for trial in status.get("trials", [])
    )
    if found == {"DONE": trials}:
        return []
    undone = [
        f"{trial['stage']} {trial['id']} is {trial['state']} after {trial['attempts']} attempts"
        for trial in status.get("trials", [])
        if trial["state"] not in {"DONE", "PRUNED"}
        or (trial["state"] == "PRUNED" and trial["stage"] not in PRUNED)
    ]
    return [f"the study of {trials} trials ended with {status.get('states')}", *_few(undone)]


def check_results(
    disturbed: Mapping[str, Any], undisturbed: Mapping[str, Any], pruned: Collection[str] = ()
) -> list[str]:
    """Results equal those of the undisturbed copy, bit for bit, but for trials that were pruned in one."""
    return _few(
        f"{trial}: {disturbed.get(trial)} instead of {undisturbed.get(trial)}"
        for trial in sorted({*disturbed, *undisturbed} - {*pruned})
        if repr(disturbed.get(trial)) != repr(undisturbed.get(trial))  # NaN is NaN here
    )


def check_decisions(decided: Iterable[tuple[str, int]]) -> list[str]:
    """Of no trial a step was decided twice."""
    twice = [one for one, count in Counter(decided).items() if count > 1]
    return _few(f"{trial}: step {step} was decided more than once" for trial, step in twice)


def check_answers(asked: Iterable[tuple[str, str]]) -> list[str]:
    """No search has given the same answer twice: those of the soak draw from numbers that never repeat."""
    twice = [one for one, count in Counter(asked).items() if count > 1]
    return _few(f"search {key} was asked for {answer} more than once" for key, answer in twice)


def check_trained_once(diary: Diary) -> list[str]:
    """No trial was trained to its end twice, no saved step was trained again, no two programs trained one."""
    wrong, saved, owner = [], dict[str, int](), dict[str, int]()
    ends = Counter(line["trial"] for line in diary if line["event"] == "ends")
    left: dict[str, set[int]] = {}
    for line in diary:
        trial, pid = line["trial"], line["pid"]
        if pid in left.setdefault(trial, set()) and owner[trial] != pid:
            wrong.append(f"{trial}: {pid} was still at it when {owner[trial]} had begun")
        if owner.get(trial, pid) != pid:
            left[trial].add(owner[trial])
        owner[trial] = pid
        again = {"begins": line["step"], "trained": line["step"] - 1}.get(line["event"])
        if again is not None and again < saved.get(trial, 0):
            wrong.append(f"{trial}: {pid} {line['event']} step {line['step']}, but {saved[trial]} was saved")
        if line["event"] == "saved":
            saved[trial] = max(saved.get(trial, 0), line["step"])
    twice = [f"{trial} was trained to its end {count} times" for trial, count in ends.items() if count > 1]
    return [*_few(twice), *_few(wrong)]


def check_submissions(known: Mapping[str, Sequence[str]], recorded: Mapping[str, set[str]]) -> list[str]:
    """Slurm has a submission's jobs once, and no job that nobody wrote down."""
    wrong = []
    for token, jobs in recorded.items():
        if len({job.partition("_")[0] for job in jobs}) > 1:
            wrong.append(f"{token} was queued more than once: {', '.join(sorted(jobs))}")
        named = {job.removeprefix("slurm:") for job in known.get(token, ())}
        # A killed controller may forget an array and give its number to the next, of which the accounting
        # then has a record without a task, or of all tasks that had not begun.
        alone = {task for job in jobs for task in tasks_of(job)}
        if stray := alone - named - {job.partition("_")[0] for job in named}:
            wrong.append(f"{token}: nobody wrote down {', '.join(sorted(stray))}")
    return _few(wrong)


def tasks_of(job: str) -> Iterator[str]:
    """Yield the tasks of an array as sacct writes those that wait, `7_[0,2-4%2]`; any other job as it is."""
    array, bracket, waiting = job.partition("_[")
    if not bracket:
        yield job
        return
    for some in waiting.removesuffix("]").partition("%")[0].split(","):
        first, _, last = some.partition("-")
        yield from (f"{array}_{task}" for task in range(int(first), int(last or first) + 1))


def check_attempts_known(claimed: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> list[str]:
    """Every attempt was made by a job that a submission names."""
    jobs = {job for some in known.values() for job in some}
    return _few(
        f"{path}: {job} is no job of any submission" for path, job in claimed.items() if job not in jobs
    )


def check_never_backwards(typed: Iterable[Typed]) -> list[str]:
    """What `status` once called DONE stays so in each `status` that was typed after it had answered."""
    seen = [(one.began, one.ended, done) for one in typed if (done := _done(one)) is not None]
    return _few(
        f"{trial} was DONE and {later_began - ended:.1f} s later not any more"
        for _, ended, before in seen
        for later_began, _, after in seen
        if ended is not None and later_began >= ended
        for trial in before - after
    )


def check_commands(typed: Iterable[Typed]) -> list[str]:
    """No command ended with a traceback, none hung; a killed one may have."""
    wrong = []
    for one in typed:
        if "Traceback" in one.talk:
            wrong.append(f"{one} ended with a traceback: {one.file}.err")
        elif not one.killed and one.program.returncode not in {0, 1, 2}:
            wrong.append(f"{one} ended with {one.program.returncode}: {one.file}.err")
    return _few(wrong)


def check_logs(study: Path) -> list[str]:
    """No worker and no sentinel ended with a traceback."""
    logs = study.glob("jobs/[0-9]*/slurm/*.out")
    return _few(
        f"traceback in {log}" for log in sorted(logs) if "Traceback" in log.read_text(errors="replace")
    )


def check_nothing_is_left(world: World) -> list[str]:
    """The queue is empty of ours, and no process of ours lives."""
    began = registered = time.monotonic()
    while True:
        try:
            jobs = world.queue()
            if time.monotonic() - registered > _REGISTER_S:
                registered = time.monotonic()
                world.client("scontrol", "reconfigure")
        except ClusterError as error:
            jobs = [str(error)]
        processes = world.processes()
        if not jobs and not processes:
            return []
        if time.monotonic() - began > _LEFT_S:
            return [*_few(f"job {job} is left" for job in jobs), *_few(f"left: {one}" for one in processes)]
        time.sleep(1)


# --- evidence --------------------------------------------------------------------------------------


def read_lines(file: Path) -> Diary:
    """Return the lines of the diary."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def decisions(runs: Path) -> list[tuple[str, int]]:
    """Return every decision of a pruner, as its trial and the step."""
    return [
        (file.parents[2].name, line["step"])
        for file in of_attempts(runs, "pruning.jsonl")
        for line in whole_lines(file)
    ]


def answers(runs: Path) -> list[tuple[str, str]]:
    """Return every answer of a search, as the search and what it chose."""
    found = []
    for file in runs.glob("searches/*/[0-9]*.json"):
        answer = json.loads(file.read_text())
        chosen = [answer["params"], *answer.get("more", ())]
        found += [(file.parent.name, json.dumps(one)) for one in chosen]
    return found


def whole_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file; the last one may be torn."""
    for line in file.read_text().splitlines():
        with contextlib.suppress(ValueError):
            yield json.loads(line)


def submissions(world: World) -> dict[str, tuple[str, ...]]:
    """Return the jobs of every submission, by its token."""
    found = {}
    for folder in sorted(world.study.glob("jobs/[0-9]*")):
        token = json.loads((folder / "intent.json").read_text())["token"]
        written = folder / "submitted.json"
        found[token] = tuple(json.loads(written.read_text())["jobs"]) if written.exists() else ()
    return found


def records(world: World, began: float) -> dict[str, set[str]]:
    """Return the jobs that Slurm has had of every submission, by its token."""
    found: dict[str, set[str]] = {}
    tokens = world.tokens()
    for job, name, _ in _accounted(world, began):
        if name in tokens:
            found.setdefault(name, set()).add(job)
    return found


def ends(world: World, began: float) -> dict[str, int]:
    """Return how the study's jobs ended, in Slurm's words, with how many did."""
    tokens = world.tokens()
    return dict(Counter(state for _, name, state in _accounted(world, began) if name in tokens))


def _accounted(world: World, began: float) -> Iterator[tuple[str, str, str]]:
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(began - 60))
    lines = world.client(
        "sacct",
        "--noheader",
        "--parsable2",
        "--allocations",
        "--duplicates",
        f"--starttime={since}",
        "--format=JobID,JobName,State",
    ).splitlines()
    for line in lines:
        job, name, state = line.split("|")
        yield job, name, state.split()[0]


def _done(typed: Typed) -> set[str] | None:
    if typed.words[0] != "status" or typed.program.returncode != 0 or not typed.answer:
        return None
    return {trial["id"] for trial in json.loads(typed.answer)["trials"] if trial["state"] == "DONE"}


def _few(lines: Iterable[str]) -> list[str]:
    """Return the lines; of very many the first, and how many more there are."""
    all_ = list(lines)
    rest = len(all_) - _MOST_LINES
    return [*all_[:_MOST_LINES], f"... and {rest} more like this"] if rest > 0 else all_
