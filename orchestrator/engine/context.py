"""What a task is handed besides its parameters: where to write, what it needs, and whether to stop."""

from __future__ import annotations

import operator
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from orchestrator.engine.members import members, wrong_need
from orchestrator.files.line_file import append_line
from orchestrator.files.strangers import make_folder
from orchestrator.places.wall_limit import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import FrameType

    from orchestrator.engine.edges.pruner_line import AskingEnd
    from orchestrator.engine.members import GatheredTrial
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.trial import Trial


class Context:
    """What a task is handed besides its parameters."""

    def __init__(
        self,
        folder: TrialFolder,
        attempt: Path,
        trial: Trial,
        data: Path,
        code: Path,
        *,
        pruner: AskingEnd | None = None,
    ) -> None:
        self.seed = trial.seed
        """The trial's seed; a parameter named `seed` has it, too."""
        self.data = data
        """The datasets: the artifacts of a need named `data`, else the data folder."""
        self.code = code
        """The project as it was at `submit`, a folder that nobody may change."""
        self.folder = folder
        self.attempt = attempt
        self.trial = trial
        self._metrics = attempt / "metrics.jsonl"
        self._saves = attempt / "saves.jsonl"
        self._pace = Pace()
        self._asked: float | None = None
        self._stopping = False
        self._pruner = pruner
        self.told_to_stop = False

    @property
    def checkpoint(self) -> Path:
        """A folder that survives attempts."""
        make_folder(self.folder.checkpoint)
        return self.folder.checkpoint

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Record metrics of a step; in a search with a pruner the trial may have to stop then."""
        numbers, number = {name: float(value) for name, value in metrics.items()}, whole_step(step)
        append_line(self._metrics, {"step": number, "time": time.time(), "metrics": numbers})
        if self._pruner is not None:
            self._pruner.tell(number, numbers)

    @contextmanager
    def saving(self, step: int) -> Iterator[None]:
        """Tell that a checkpoint of this step is written meanwhile.

        The step counts as progress, and the time it takes as what a stop costs.
        """
        number, began = whole_step(step), time.monotonic()
        yield
        self.saved(number, time.monotonic() - began)

    def saved(self, step: int, seconds: float) -> None:
        """Record a checkpoint of this step that took so long."""
        self._pace = self._pace.and_(Pace(save=seconds))
        line = {"step": step, "time": time.time(), "seconds": seconds}
        append_line(self._saves, line | {"longest_save": self._pace.save, "longest_step": self._pace.step})

    def furthest(self) -> int:
        """Return the last step that any attempt has logged; 0 where none has."""
        steps = (self.folder.furthest(number, "metrics.jsonl") for number in self.folder.numbers())
        return max((step for step in steps if step is not None), default=0)

    def artifact(self, name: str) -> Path:
        """Return the path to write an artifact to.

        Raises ValueError when the name leads out of the artifacts folder.
        """
        path = (self.folder.artifacts / name).resolve()
        if not path.is_relative_to(self.folder.artifacts.resolve()):
            raise ValueError(f"artifact name `{name}` leads out of the artifacts folder")
        make_folder(path.parent)
        return path

    def need(self, name: str) -> Path:
        """Return the artifacts folder of a needed trial.

        Raises KeyError when the trial has no such need.
        """
        if name not in self.trial.needs:
            raise wrong_need(self.trial, name)
        return self.folder.needed(self.trial.needs[name]).artifacts

    def members(self, name: str) -> list[GatheredTrial]:
        """Return the trials of a need with `all`, in the order of the plan.

        Raises KeyError when the trial has no such need.
        """
        if name not in self.trial.gathered:
            raise wrong_need(self.trial, name)
        return members(self.folder, self.trial.gathered[name])

    def should_stop(self) -> bool:
        """Say whether the task must save its checkpoint and raise InterruptedError now."""
        now = time.monotonic()
        if self._asked is not None:
            self._pace = self._pace.and_(Pace(step=now - self._asked))
        self._asked = now
        self.told_to_stop = self.told_to_stop or self.stopping
        return self.stopping

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for; unlike `should_stop()`, to look here promises nothing."""
        return self._stopping or (self._pruner is not None and self._pruner.pruned)

    @property
    def signalled(self) -> bool:
        """Whether somebody outside asked for it, who may have told other programs too."""
        return self._stopping

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Make should_stop() true; nothing else happens inside a signal."""
        self._stopping = True


def whole_step(step: Any) -> int:
    """Return a step as a number; numpy's, tensors of one number, and 2.0 are whole numbers too.

    Raises TypeError for anything else.
    """
    with suppress(TypeError):
        return operator.index(step)
    if not isinstance(step, str | bytes):
        with suppress(TypeError, ValueError):
            if float(step).is_integer():
                return int(step)
    hint = "count in whole numbers, as `context.log({...}, step=3)`: minibatches, say, instead of epochs"
    raise TypeError(f"the step {step!r} is no whole number; {hint}")
