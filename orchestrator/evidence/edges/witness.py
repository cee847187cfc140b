"""What a trial's folder and the place of its worker say of it at this moment."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import Attempt, Claim, Evidence
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.places.table import all_places, place_of_job

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.places.profile import Profile


class Witness:
    """Reads the evidence of trials; the scheduler is asked once in its life, if at all."""

    def __init__(self, profile: Profile) -> None:
        self._lease = profile.lease
        self._places = all_places(profile)

    def read(self, folder: TrialFolder, *, cancelled: bool) -> Evidence:
        """Return the evidence of one trial; a damaged file is told in it, for the other trials go on."""
        attempts: tuple[Attempt, ...] = ()
        try:
            # In the reverse order of writing: of an attempt that was seen to be over, the result is seen too.
            attempts = tuple(self._attempt(folder, number) for number in folder.numbers())
            result = folder.read_result()
            if result is None and attempts and self._may_come(folder, attempts[-1]):
                attempts = (*attempts[:-1], replace(attempts[-1], exit=None, alive=True))
            return Evidence(result=result, attempts=attempts, cancelled=cancelled)
        except InternalEvidenceError as error:
            return Evidence(attempts=attempts, cancelled=cancelled, damage=str(error))

    def _attempt(self, folder: TrialFolder, number: int) -> Attempt:
        path = folder.attempt(number)
        claim, ended = folder.read_claim(number), folder.read_exit(number)
        alive = ended is None and self._alive(path, claim)
        if ended is None and not alive:
            ended = folder.read_exit(number)  # written by a worker that was just ending
        if ended is not None and ended.outcome == "done":
            return Attempt(number=number, claim=claim, exit=ended, alive=False)
        return Attempt(
            number=number,
            claim=claim,
            exit=ended,
            alive=alive,
            loss=folder.read_loss(number) if ended is None and not alive else None,
            stop=folder.read_stop(number),
            saved=folder.furthest(number, "saves.jsonl"),
            logged=folder.furthest(number, "metrics.jsonl"),
            forgiven=(path / "forgiven").exists(),
        )

    def _may_come(self, folder: TrialFolder, last: Attempt) -> bool:
        """Say whether the result of an attempt that is done may not be seen yet.

        A network file system goes on for a while to say on one node that a file is not there which another
        node has made, though it shows a later one. Until then nothing is known of the end either.
        """
        if last.exit is None or last.exit.outcome != "done" or last.claim is None:
            return False
        elsewhere = bool(place_of_job(last.claim.job, self._places).queue_program)
        return elsewhere and _age(folder.attempt(last.number) / "exit.json") < self._lease

    def _alive(self, path: Path, claim: Claim | None) -> bool:
        if claim is None:
            return _age(path) < self._lease
        fresh = (
            min(_age(path / "heartbeat"), _age(path / "claim.json")) < self._lease
        )  # the heart begins to beat after the claim
        place = place_of_job(claim.job, self._places)
        if place.queue_program:  # a question is dear, and without an answer nothing is lost
            return fresh or place.is_alive(claim.job) is not False
        here = place.is_alive(claim.job)
        return fresh if here is None else here


def result_sign(folder: TrialFolder) -> tuple[int, int] | None:
    """Return what tells one result from another in its place without reading it; None where there is none."""
    try:
        found = os.stat(folder.path / "result.json")  # noqa: PTH116 - hot
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")
