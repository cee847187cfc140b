"""Whether the trial at hand ends early: its worker decides at the moment that it logs, and writes that down.

A decision is a function of files: of the search, of what the trial has logged up to the step, and of how the
others went, with what was noted beside them. It is recorded before it is answered, and stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.engine.edges.pruner_line import AnsweringEnd
from orchestrator.engine.told import each_trial
from orchestrator.evidence.decision import Decision, Standing
from orchestrator.evidence.edges.decisions import read_standing, record
from orchestrator.messages.terminal import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.edges.pruner_line import Question
    from orchestrator.engine.observe import Observer
    from orchestrator.engine.told import Told
    from orchestrator.engine.worker import Worker
    from orchestrator.study.plan import Plan
    from orchestrator.study.searches.opening import Opening
    from orchestrator.study.trial import Trial


def opening_of(plan: Plan, trial: Trial) -> Opening | None:
    """Return the search whose pruner may end a trial; None where another stage wants it to its end."""
    found = [one for one in plan.openings if any(other.id == trial.id for other in one.trials)]
    stages = {other.stage for other in plan.trials if other.id == trial.id}
    pruned = [one for one in found if one.search.pruner is not None]
    return pruned[0] if pruned and stages == {one.stage for one in pruned} else None


def with_own(
    told: Sequence[Told], opening: Opening, trial: Trial, question: Question
) -> tuple[list[Told], int]:
    """Return what is told, with the trial at hand as it was at the step in question, and its place."""
    place = next(place for place, one in enumerate(opening.trials) if one.id == trial.id)
    until = told[place].history.until(question.step)
    history = replace(
        until, curve={**until.curve, question.step: until.curve.get(question.step, question.value)}
    )
    own = replace(told[place], state="running", values=(), history=history)
    return [*told[:place], own, *told[place + 1 :]], place


def compared_with(told: Sequence[Told], opening: Opening, place: int) -> dict[str, int]:
    """Return the trials of which a curve was seen beside that at a place, each with its last step."""
    others = zip(opening.trials, told, strict=True)
    return {
        trial.id: max(one.curve) for other, (trial, one) in enumerate(others) if other != place and one.curve
    }


class Pruning:
    """The decisions on one attempt at a trial."""

    def __init__(
        self, worker: Worker, observer: Observer, trial: Trial, number: int, before: Standing
    ) -> None:
        search = worker.submission.study.stage(trial.stage).search
        assert search is not None
        self._metric = search.watched
        self._observer, self._histories, self._trial = observer, worker.histories, trial
        self._attempt = worker.runs.trial(trial).attempt(number)
        self._decided = dict(before.decided)
        self.pruned = before.pruned
        """That by which the trial ends, once there is one."""
        self.line = AnsweringEnd(self._metric)

    def answer(self) -> None:
        """Answer what the trial asks, if it does."""
        question = self.line.question()
        if question is None:
            return
        prune = False
        try:
            prune = self.word(question)
        except Exception as error:  # whatever fails here must end neither trial nor worker
            stamp(f"whether to prune step {question.step}: {type(error).__name__}: {error}; it goes on")
        finally:
            self.line.answer(question, prune=prune)

    def word(self, question: Question) -> bool:
        """Return what was decided of a step, by now."""
        if self.pruned is None and question.step not in self._decided:
            decision = self._decide(question)
            if decision is None:
                return False
            record(self._attempt, decision)
            self._decided[decision.step] = decision
            self.pruned = decision if decision.prune else None
        return self.pruned is not None

    def _decide(self, question: Question) -> Decision | None:
        """Decide by what is in the files now; None where the trial is not for the pruner to end."""
        from orchestrator.engine.edges.pruner import decide  # Optuna takes a second to import

        seen = self._observer.look()
        opening = opening_of(seen.plan, self._trial)
        if opening is None:
            return None
        histories = self._histories.of(opening.trials, self._metric, seen)
        told, place = with_own(each_trial(opening, seen, histories), opening, self._trial, question)
        prune, noted = decide(opening.search, opening.key, told, place)
        decision = Decision(
            step=question.step, value=told[place].curve[question.step], prune=prune, attributes=noted
        )
        if not prune or opening.search.pruner is None:
            return decision
        reason = {"pruner": opening.search.pruner.name, "metric": self._metric}
        return decision.model_copy(update={**reason, "against": compared_with(told, opening, place)})


def pruning_of(worker: Worker, observer: Observer | None, trial: Trial, number: int) -> Pruning | None:
    """Return what decides on an attempt; None where it goes on to its end, as once `retry` was typed."""
    search = worker.submission.study.stage(trial.stage).search if observer else None
    if observer is None or search is None or search.pruner is None:
        return None
    before = read_standing(worker.runs.trial(trial)) if number > 1 else Standing()
    return None if before.spared else Pruning(worker, observer, trial, number, before)
