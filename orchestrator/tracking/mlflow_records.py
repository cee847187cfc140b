"""From evidence to what MLflow shall show: names, parameters, tags, numbers, files."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.edges.code_commit import commit_of
from orchestrator.evidence.skipped import skipped
from orchestrator.evidence.state import State
from orchestrator.files.line_file import logged, read_lines
from orchestrator.files.plain_file import files_below
from orchestrator.tracking.edges.logged import logged_in
from orchestrator.tracking.edges.record import Attached, Measure, Record
from orchestrator.tracking.naming import CURVES, HOW_FAR, RESULT, cut, flat_key, trial_params
from orchestrator.tracking.run_names import run_names
from orchestrator.tracking.telling import telling
from orchestrator.tracking.views import SavedView, views_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.evidence.evidence import Evidence
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial

LARGEST_COPY = 5 * 1024**2
"""Bytes; larger artifacts stay in the trial's folder and are only listed."""
_LATEST = 1e11
"""Unix time that no clock shows."""
LONGEST_TAG = 5000
"""Characters that MLflow takes: mlflow.utils.validation, and the columns of its databases."""
_STATUS = {
    State.DONE: "FINISHED",
    State.FAILED: "FAILED",
    State.CANCELLED: "KILLED",
    State.PRUNED: "KILLED",
    State.SKIPPED: "KILLED",
    State.PAUSED: "KILLED",
    State.BLOCKED: "KILLED",
}
"""MLflow's word for a state; a trial in any other state may go on and is RUNNING."""


def trial_records(runs: RunFolder, submission: Submission, seen: Seen) -> list[Record]:
    """Return a record per trial that was ever started; a trial of two stages is shown in the first."""
    shown: dict[str, Record] = {}
    commits: dict[str, str] = {}
    names, found = run_names(submission.study, seen.plan), telling(submission.study, seen)
    for trial in seen.plan.trials:
        evidence = seen.evidence[trial.id]
        start = _start(evidence)
        if start is None or trial.id in shown:
            continue
        code = _code(evidence)
        if code not in commits:
            commits[code] = commit_of(runs.path, code)
        state, folder = seen.states[trial.id], runs.trial(trial)
        shown[trial.id] = Record(
            name=names[trial.id],
            parent=f"stage:{trial.stage}",
            status=_STATUS.get(state, "RUNNING"),
            start=start,
            end=_end(folder, evidence, start) if state in _STATUS else None,
            params=trial_params(trial),
            tags=_tags(
                {"folder": folder.path.relative_to(runs.path).as_posix(), "git_commit": commits[code]}
                | _trial_tags(trial, state, evidence)
                | _counts(evidence, found[trial.stage].counts)
            ),
            stamp=_stamp(state, evidence),
        )
    return list(shown.values())


def parent_records(submission: Submission, seen: Seen, records: Sequence[Record]) -> list[Record]:
    """Return records of the study and of each stage of which a trial was started."""
    study, held = submission.study, skipped(submission.study, seen).undecided
    if not records:
        return []
    tags = {"study": study.name, "profile": submission.profile.name, "given": submission.given}
    undecided, never = sum(seen.plan.undecided.values()), sum(held.values())
    whole = _parent(seen, tags, seen.plan.trials, records, undecided, waits=undecided != never)
    parents = [whole]
    for stage in study.stages:
        if own := [record for record in records if record.tags["stage"] == stage.name]:
            tags = {"stage": stage.name, "task": stage.task, "version": str(stage.version)}
            undecided = seen.plan.undecided.get(stage.name, 0)
            waits = undecided != held.get(stage.name, 0)
            parents.append(_parent(seen, tags, seen.plan.of(stage.name), own, undecided, waits=waits))
    return parents


def _parent(
    seen: Seen,
    tags: Mapping[str, str],
    trials: Sequence[Trial],
    records: Sequence[Record],
    undecided: int,
    *,
    waits: bool,
) -> Record:
    """Return the record of a study or a stage; it `waits` for some of its undecided trials, or for none."""
    states = Counter(seen.states[identity] for identity in {trial.id for trial in trials})
    ends = [record.end for record in records if record.end is not None]
    ended = not waits and all(state.ended for state in states)
    if not ended:
        status = "RUNNING"
    elif states[State.FAILED]:
        status = "FAILED"
    else:
        status = "KILLED" if states[State.CANCELLED] or states[State.SKIPPED] else "FINISHED"
    counts = ", ".join(f"{states[state]} {state}" for state in State if states[state])
    return Record(
        name=tags.get("study") or tags["stage"],
        parent=None if "study" in tags else "study",
        status=status,
        start=min(record.start for record in records),
        end=max(ends) if ended else None,
        params={},
        tags=_tags({**tags, "states": counts + (f", {undecided} undecided" if undecided else "")}),
    )


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {name: cut(text, LONGEST_TAG) for name, text in tags.items() if text}


def _trial_tags(trial: Trial, state: State, evidence: Evidence) -> dict[str, str]:
    claims = [attempt.claim for attempt in evidence.attempts if attempt.claim is not None]
    facts = evidence.result.provenance if evidence.result else {}
    failure = evidence.attempts[-1].exit.failure if evidence.attempts and evidence.attempts[-1].exit else None
    return {
        "trial": trial.id,
        "stage": trial.stage,
        "task": trial.task,
        "version": str(trial.version),
        "needs": _needs(trial),
        "state": str(state),
        "attempts": str(len(evidence.attempts)),
        "jobs": ", ".join(dict.fromkeys(claim.job for claim in claims)),
        "host": str(facts.get("host") or (claims[-1].host if claims else "")),
        "gpu": str(facts.get("gpu") or ""),
        "code": _code(evidence),
        "failure": f"{failure.kind}: {failure.message}" if failure and state is State.FAILED else "",
        "mlflow.source.name": trial.task,
    }


def _counts(evidence: Evidence, names: Collection[str]) -> dict[str, str]:
    """Return the metrics of a result that say nothing of the trial, which are no metrics to MLflow then."""
    metrics = evidence.result.metrics if evidence.result else {}
    return {flat_key(RESULT + name): f"{value:.15g}" for name, value in metrics.items() if name in names}


def _needs(trial: Trial) -> str:
    several = {
        name: "+".join(member.id for member in group.members) for name, group in trial.gathered.items()
    }
    return ", ".join(f"{name}={needed}" for name, needed in {**trial.needs, **several}.items())


def _code(evidence: Evidence) -> str:
    if evidence.result is not None:
        return evidence.result.code
    return next((each.claim.code for each in reversed(evidence.attempts) if each.claim), "")


def _start(evidence: Evidence) -> float | None:
    times = [attempt.claim.time for attempt in evidence.attempts if attempt.claim is not None]
    if not times and evidence.result is not None:
        return evidence.result.time - evidence.result.seconds
    return min(times, default=None)


def _end(folder: TrialFolder, evidence: Evidence, start: float) -> float:
    if evidence.result is not None:
        return evidence.result.time
    last = evidence.attempts[-1]
    if last.exit is not None:
        return last.exit.time
    heartbeat = folder.attempt(last.number) / "heartbeat"
    return heartbeat.stat().st_mtime if heartbeat.exists() else start


def _stamp(state: State, evidence: Evidence) -> str | None:
    """Return a name for evidence that stays as it is; None while a worker may add to it."""
    if not state.ended or any(attempt.exit is None and attempt.alive for attempt in evidence.attempts):
        return None
    return f"{state} after {len(evidence.attempts)}"


def measures(folder: TrialFolder, evidence: Evidence) -> list[Measure]:
    """Return the numbers of all attempts, the latest per metric and step, and those of the result.

    A result's metric `iou` is `result/iou`, as the training may have logged another `iou`, which is
    `curves/iou`; at step 0, for MLflow draws bars then instead of a curve.
    """
    result = evidence.result
    latest: dict[tuple[int, str], Measure] = {}
    for number in folder.numbers():
        if result is not None and number > result.attempt:
            break  # a worker that was thought dead goes on after the result
        for line in read_lines(folder.attempt(number) / "metrics.jsonl"):
            for measure in _line_measures(line):
                latest[measure.step, measure.key] = measure
    numbers = [latest[place] for place in sorted(latest)]
    if result is not None:
        for name, value in sorted(result.metrics.items()):
            numbers.append(Measure(key=flat_key(RESULT + name), step=0, value=value, time=result.time))
    return numbers


def _line_measures(line: Mapping[str, Any]) -> Iterator[Measure]:
    found, time = logged(line), line.get("time")
    if found and isinstance(time, int | float) and 0 <= time < _LATEST:
        for name, value in found[1].items():
            if name not in HOW_FAR:
                yield Measure(key=flat_key(CURVES + name), step=found[0], value=value, time=time)


def views(runs: RunFolder, submission: Submission, seen: Seen) -> list[SavedView]:
    """Return the views of MLflow's UI that tell the trials of a study apart."""
    found = telling(submission.study, seen)
    return views_of(found, {stage: logged_in(runs, seen, stage) for stage in found})


def files(folder: TrialFolder) -> dict[str, list[Attached]]:
    """Return the log of the last attempt, the small artifacts, and a list of all artifacts.

    Links that lead out of the folder are listed alone: what they name was not made by the trial.
    """
    small, listed = [], []
    inside = folder.artifacts.resolve()
    for path, found in sorted(files_below(folder.artifacts)):
        if path.name.startswith("."):
            continue
        if not path.resolve().is_relative_to(inside):
            listed.append(
                f"{'link':>21}  {_shown(path.relative_to(folder.path))}  to {_shown(path.resolve())}"
            )
            continue
        name = path.relative_to(folder.path).as_posix()
        stays = found.st_size > LARGEST_COPY or _shown(path) != str(path)
        listed.append(
            f"{found.st_size:>15,} bytes  {_shown(Path(name))}"
            + (f"  only at {_shown(path.resolve())}" if stays else "")
        )
        if not stays:
            small.append(Attached(name=name, stamp=f"{name} {found.st_size} {found.st_mtime_ns}", path=path))
    if listed:
        text = "\n".join([*listed, ""])
        small.append(Attached(name="artifacts.txt", stamp=text, text=text))
    return {"artifacts": small, "log.txt": _log(folder)}


def _shown(path: Path) -> str:
    """Return a path as UTF-8 can say it: names of files may hold any bytes."""
    return os.fsencode(path).decode(errors="replace")


def _log(folder: TrialFolder) -> list[Attached]:
    for number in reversed(folder.numbers()):
        path = folder.attempt(number) / "log.txt"
        if path.is_file() and not path.is_symlink():
            found = path.stat()
            stamp = f"{number} {found.st_size} {found.st_mtime_ns}"
            if found.st_size > LARGEST_COPY:
                return [
                    Attached(name="log.txt", stamp=stamp, text=f"{found.st_size} bytes, only at {path}\n")
                ]
            return [Attached(name="log.txt", stamp=stamp, path=path)]
    return []
