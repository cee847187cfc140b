"""A study file of the best trials, printed once it is known to mean them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.observe import look_ahead
from orchestrator.files.yaml_file import parse_mapping
from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import StudyFileError, UserError
from orchestrator.messages.problems import listed
from orchestrator.messages.terminal import say
from orchestrator.report.searches.best_study import study_of_best
from orchestrator.study.edges.load import load
from orchestrator.study.read import read_study

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.searches.best_trials import StageBest


def best_yaml(runs: RunFolder, submission: Submission, found: StageBest) -> str:
    """Return the text of the file; a note says where it does not mean the trials that were best.

    Raises UserError where the study's file is not there any more, or another one.
    """
    file = _file_of(runs, submission)
    loaded = load(file, set_=_after("--set", submission.words), only=_after("--only", submission.words))
    if loaded.file is None or loaded.problems.found or found.stage not in loaded.file.stages:
        what = "\n".join(map(str, loaded.problems.found)) or f"it has no stage `{found.stage}`"
        raise UserError(
            f"`{file}` is not what was submitted any more: {what}",
            hint=f"submit it again, or write the file yourself from: {_shown(submission, found)}",
        )
    stages = {name: entry for name, entry in loaded.data["stages"].items() if name in loaded.file.stages}
    text = yaml_text(study_of_best({**loaded.data, "stages": stages}, found))
    _check(text, file, runs, submission, found)
    return f"# The best of `{found.stage}` in the study `{submission.study.name}`.\n{text}"


def _shown(submission: Submission, found: StageBest) -> str:
    return f"python -m orchestrator best {submission.study.name} {found.stage}"


def _file_of(runs: RunFolder, submission: Submission) -> Path:
    """Return the file that was submitted; the copy of it where it has gone."""
    given = Path(submission.given)
    return given if given.is_file() else runs.study(submission.study.name) / "given.yaml"


def _after(option: str, words: Sequence[str]) -> list[str]:
    """Return the values that were typed after an option."""
    return [value for word, value in pairwise(words) if word == option]


def _check(text: str, file: Path, runs: RunFolder, submission: Submission, found: StageBest) -> None:
    """Say where the file would train something else than what was best."""
    wanted = {trial.id for one in found.found for trial in one.trials}
    try:
        read = read_study(file, given=parse_mapping(text, "the printed file"))
    except StudyFileError as error:
        say(f"note: the printed file has to be completed by hand:\n{error}")
        return
    planned = {trial.id for trial in look_ahead(runs, read.study, submission.profile).plan.of(found.stage)}
    if planned == wanted:
        return
    why = "the task, or the file, is another one than when they were trained"
    if submission.fresh:
        why = "they were trained with `--fresh`, which belongs to the study of that name"
    say(f"note: submitted, it trains {listed(sorted(planned - wanted)) or 'nothing'} beside them: {why}")
