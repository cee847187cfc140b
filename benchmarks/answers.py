"""What one answer of a TPE search costs as the search grows: one Markdown table.

    python benchmarks/answers.py [--told 100 500 1000 2000]

Five parameters: two on a log scale, a whole number, a choice, a number. Each answer is drawn by a program
that has Optuna imported already, as workers have; `look` is what a worker looks at beforehand, when one trial
has ended and one answer has been given since it looked last. Seconds are medians of several answers.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.markdown import table
from orchestrator.engine.edges.optuna_study import study_of
from orchestrator.engine.edges.suggest import suggest
from orchestrator.engine.observe import Observer
from orchestrator.engine.told import Told, what_came_of
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Claim, Exit, Result
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.study.objective import Objective
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.study.trial import Trial

_TIMES = 5
_SPACE: dict[str, Any] = {
    "lr": {"low": 1e-5, "high": 1e-1, "log": True},
    "decay": {"low": 1e-6, "high": 1e-1, "log": True},
    "layers": {"low": 1, "high": 8},
    "optimizer": ["sgd", "adam", "rmsprop"],
    "momentum": {"low": 0.0, "high": 0.99},
}
SEARCH = Search.model_validate(
    {"sampler": "tpe", "trials": 10**6, "space": _SPACE, "objective": Objective(minimize="loss")}
)


def answers(count: int) -> list[Asked]:
    """Return so many answers, drawn at random."""
    drawn = random.Random(0)
    return [Asked(number=number, params=_params(drawn)) for number in range(1, count + 1)]


def _params(drawn: random.Random) -> dict[str, Any]:
    return {
        "lr": 10 ** drawn.uniform(-5, -1),
        "decay": 10 ** drawn.uniform(-6, -1),
        "layers": drawn.randint(1, 8),
        "optimizer": drawn.choice(_SPACE["optimizer"]),
        "momentum": drawn.uniform(0, 0.99),
    }


class Grown:
    """A search in a run folder of its own that has given so many answers, all of which were tried."""

    def __init__(self, folder: Path, count: int) -> None:
        point = Point(axes={}, seed=0, params={})
        stage = Stage(name="s", task="t.t", version=1, shape=Shape(), points=(point,), search=SEARCH)
        study = Study(name="s", stages=(stage,))
        self.runs = RunFolder(folder)
        submission = Submission(study=study, code="c", data="", profile=LOCAL, given="")
        self.observer = Observer(self.runs, submission)
        self.key = self.observer.look().plan.openings[0].key
        for asked in answers(count):
            self.runs.publish_answer(self.key, asked)
        for trial in self.observer.look().plan.trials:
            self._finish(trial)
        self.observer = Observer(self.runs, submission)

    def told(self) -> list[Told]:
        """Return what a sampler is told now."""
        seen = self.observer.look()
        return what_came_of(seen.plan.openings[0], seen)

    def go_on(self) -> None:
        """Give one more answer, and try it."""
        asked = len(self.observer.look().plan.openings[0].answers)
        self.runs.publish_answer(self.key, answers(asked + 1)[-1])
        trial = self.observer.look().plan.trials[-1]
        self._finish(trial)
        self.observer.doubt(trial)
        self.runs.publish_answer(self.key, answers(asked + 2)[-1])

    def _finish(self, trial: Trial) -> None:
        folder, now = self.runs.trial(trial), time.time()
        folder.claim(1, Claim(worker="w", job="local:elsewhere:1:1", host="elsewhere", time=now, code="c"))
        folder.publish_result(
            Result(metrics={"loss": trial.params["momentum"]}, attempt=1, time=now, seconds=0, code="c")
        )
        ended = Exit(outcome="done", time=now, seconds=0)
        (folder.attempt(1) / "exit.json").write_text(ended.model_dump_json(), encoding="utf-8")


def measured(count: int) -> dict[str, float]:
    """Return the seconds of each part of an answer."""
    with tempfile.TemporaryDirectory(prefix="answers-") as folder:
        grown = Grown(Path(folder), count)
        grown.observer.look()
        looks = [_seconds(grown.observer.look) for _ in range(_TIMES) if grown.go_on() is None]
        told = grown.told()
    numbers = range(count + 1, count + 1 + _TIMES)
    return {
        "look, s": statistics.median(looks),
        "Optuna's study in memory, s": _median(lambda number: study_of(SEARCH, 0, told, number), numbers),
        "the whole answer, s": _median(lambda number: suggest(SEARCH, 0, told, number), numbers),
    }


def _median(call: Callable[[int], object], numbers: Sequence[int]) -> float:
    return statistics.median(_seconds(lambda: call(number)) for number in numbers)  # noqa: B023 - called at once


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--told", type=int, nargs="+", default=[100, 500, 1000, 2000], help="answers before")
    options = parser.parse_args()
    suggest(SEARCH, 0, [], 1)  # imports
    print(table("answers before", {f"{count:,}": measured(count) for count in options.told}))


if __name__ == "__main__":
    main()
