"""Which trials and pictures are meant by the words that were typed, and what tells the trials apart."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.predict.finished import TRIAL, NoAnswerError, describe, find_finished, is_askable
from tasks.predict.names import tell_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tasks.predict.finished import Finished

MOST = 24
"""Trials that are asked together: each keeps its network in memory."""
_BEFORE_AXES = ("stage", "trial", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A trial that can be asked, with what may tell it from others."""

    trial: Finished
    traits: Mapping[str, Any]  # stage and axes, or task and parameters


def sort_words(words: Sequence[str]) -> tuple[list[str], list[Path]]:
    """Return the words that mean trials or studies, and those that mean pictures or folders of them.

    The first word is never a picture; of the others, what lies there is one, and what is called like one.
    """
    named, pictures = [], []
    for place, word in enumerate(words):
        path = Path(word)
        is_picture = path.exists() or re.fullmatch(r"\.\w{2,4}", path.suffix)
        if place and is_picture and not (path / TRIAL).is_file():
            pictures.append(path)
        else:
            named.append(word)
    return named, pictures


def choose(words: Sequence[str], where: Sequence[str], runs: Path) -> tuple[list[Finished], list[str]]:
    """Return the trials that are meant, each with a name of its own, and what to say about them.

    Raises NoAnswerError where one cannot be asked, and for more than can be asked together.
    """
    notes: list[str] = []
    found: dict[str, Candidate] = {}
    for word in words:
        if (runs / "studies" / word).is_dir() and not (Path(word) / TRIAL).is_file():
            candidates = list(_of_study(word, where, runs, notes))
        elif where:
            raise NoAnswerError(
                f"--where chooses among the trials of a study, and there is no study `{word}` in `{runs}`\n"
                "hint: name the study in place of the trial, or leave --where out"
            )
        else:
            candidates = [_of_one(word, runs)]
        for candidate in candidates:
            found.setdefault(candidate.trial.id, candidate)
    _check_count(list(found.values()), len(words))
    names = tell_apart([candidate.traits for candidate in found.values()])
    return [
        replace(one.trial, name=name or one.trial.task)
        for one, name in zip(found.values(), names, strict=True)
    ], notes


def _of_one(word: str, runs: Path) -> Candidate:
    trial = find_finished(word, runs)
    described = describe(trial.folder)
    return Candidate(trial=trial, traits={"task": described.task, **described.params, "seed": described.seed})


def _of_study(study: str, where: Sequence[str], runs: Path, notes: list[str]) -> Iterator[Candidate]:
    """Yield the finished trials of a study that can be asked; whatever else was meant becomes a note."""
    rows = _rows(study, where, runs)
    if not rows:
        raise NoAnswerError(
            f"no trial of `{study}` fits all of --where {' --where '.join(where)}\n"
            f"hint: see what there is with: python -m orchestrator results {study} --runs {runs}"
        )
    done = [row for row in rows if row["state"] == "DONE"]
    askable = [row for row in done if is_askable(str(row["trial"]), runs)]
    if len(done) < len(rows):
        notes.append(f"{len(rows) - len(done)} of {len(rows)} trials of `{study}` are not finished: left out")
    if not askable:
        stages = ", ".join(dict.fromkeys(str(row["stage"]) for row in rows))
        raise NoAnswerError(
            f"none of the {len(rows)} trials of `{study}` that are meant can be asked; "
            f"their stages: {stages}\n"
            f"hint: see which trials are done with: python -m orchestrator status {study} --runs {runs}"
        )
    for row in askable:
        trial = find_finished(str(row["trial"]), runs)
        yield Candidate(trial=trial, traits=_axes(row, trial.metrics))


def _rows(study: str, where: Sequence[str], runs: Path) -> list[dict[str, Any]]:
    """Return the rows of `results`, which knows what `--where` means; its errors are told as they are."""
    typed = [sys.executable, "-m", "orchestrator", "results", study, "--json", "--runs", str(runs)]
    asked = subprocess.run(
        [*typed, *(word for one in where for word in ("--where", one))],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise NoAnswerError(asked.stderr.strip().removeprefix("error: "))
    rows: list[dict[str, Any]] = json.loads(asked.stdout)
    return rows


def _axes(row: Mapping[str, Any], metrics: Mapping[str, float]) -> dict[str, Any]:
    """Return stage, axes and parameters of a row: what stands before its metrics."""
    traits = {}
    for column, value in row.items():
        if column in metrics or column.startswith("metric."):
            break
        if column not in _BEFORE_AXES[1:]:
            traits[column] = value
    return traits


def _check_count(found: Sequence[Candidate], words: int) -> None:
    if len(found) <= MOST:
        return
    values: dict[str, dict[str, None]] = {}
    for candidate in found:
        for trait, value in candidate.traits.items():
            if value is not None:
                values.setdefault(trait, {})[str(value)] = None
    differ = [f"{trait} ({', '.join(known)})" for trait, known in values.items() if 1 < len(known) <= MOST]
    raise NoAnswerError(
        f"{len(found)} trials are meant, and {MOST} can be asked together\n"
        + (
            f"hint: choose with --where; they differ in {'; '.join(differ[:5])}"
            if words == 1
            else "hint: name fewer of them"
        )
    )
