"""The loop that a training iterates over: minibatches, early stopping, best epoch, exact resume.

    loop = Loop(model=net, optimizer=optimizer, context=context, rows=train, batch_size=32, max_epochs=10,
                keep=lowest("val_loss"))
    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained model
        for rows in epoch:
            loss = ...
            loop.descend(loss)
            epoch.record(loss)
        epoch.end({"val_loss": ...})

A training interrupted at any step and taken up again gives, on the CPU, bit for bit the numbers of one that
was never interrupted: the checkpoint holds model, optimizer, schedule, all random states and the state below,
and the order of the rows is a function of seed and epoch.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import torch

from tasks.parts import checkpoint, feeding, seeding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from torch import Tensor, nn
    from torch.amp import GradScaler
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler

    from tasks.parts.context import Context
    from tasks.parts.params import Amp

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Goal:
    """A metric and the direction in which it gets better."""

    metric: str
    better: Literal["lower", "higher"]

    def improves(self, value: float, best: float | None) -> bool:
        """Tell whether a value is strictly better than the best so far; a NaN never is."""
        if best is None:
            return not math.isnan(value)
        return value < best if self.better == "lower" else value > best

    def reaches(self, value: float | None, enough: float | None) -> bool:
        """Tell whether a value is at least as good as what is enough; never while one of them is None."""
        if value is None or enough is None:
            return False
        return value <= enough if self.better == "lower" else value >= enough


def lowest(metric: str) -> Goal:
    """Return the goal that a metric falls."""
    return Goal(metric, "lower")


def highest(metric: str) -> Goal:
    """Return the goal that a metric rises."""
    return Goal(metric, "higher")


@dataclass(slots=True, kw_only=True)
class State:
    """Where a training stands; after the loop it is the outcome."""

    epoch: int = 0  # finished epochs
    batch: int = 0  # finished minibatches of the epoch under way
    step: int = 0  # finished minibatches in all
    seconds: float = 0.0
    samples: int = 0  # that were trained on
    training: float = 0.0  # seconds in steps, waiting included
    waited: float = 0.0  # seconds in which the next minibatch was not loaded yet
    sums: dict[str, Tensor] = field(default_factory=dict)  # of what was recorded in the epoch under way
    untrained: dict[str, float] = field(default_factory=dict)  # metrics before the first step
    best_epoch: int = 0
    best: dict[str, float] = field(default_factory=dict)  # metrics of the best epoch
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)  # metrics of the last finished epoch
    stop_epoch: int = 0
    stop_value: float | None = None
    ended: str = ""  # "enough", "patience", "hours" or "epochs" when the training is over

    def timing(self) -> dict[str, float]:
        """Return how fast the training was, and which share of it went by until data was there."""
        return {
            "timing_samples_per_second": self.samples / max(self.training, 1e-9),
            "timing_waiting_share": self.waited / max(self.training, 1e-9),
        }


def _nothing() -> None:
    """Leave all as it is."""


@dataclass(slots=True, kw_only=True)
class Loop:
    """Epochs from where the checkpoint stands until a rule ends the training.

    Epoch 0 has no minibatches: it measures the untrained model. After the last epoch the model has the
    weights of the best one, or as `result` says its last ones, and is in eval mode.
    """

    model: nn.Module
    optimizer: Optimizer
    context: Context
    rows: Tensor  # int64; minibatches are drawn from them
    batch_size: int
    max_epochs: int
    keep: Goal  # the weights of the best epoch by this goal are the result ...
    result: Literal["best", "last"] = "best"  # ... unless those of the last one are
    stop: Goal | None = None  # training ends when this goal (None: `keep`) has not improved ...
    patience: float = math.inf  # ... for so many epochs
    enough: float | None = None  # training also ends once the goal of `stop` has reached this
    hours: float = math.inf  # training time over all attempts
    schedule: LRScheduler | None = None  # saved with the rest; the task steps it
    save_minutes: float = 10.0  # between checkpoints, besides the one at an interruption
    amp: Amp = "off"  # in what the model computes (`parts/precision.py`): gradients of fp16 are scaled
    state: State = field(default_factory=State, init=False)
    scaler: GradScaler = field(init=False)
    saved_at: float = field(default_factory=time.monotonic, init=False)
    # Of a training in lockstep (`parts/lockstep.py`): what counts as its time, and what brings model,
    # optimizer and sums up to date.
    clock: Callable[[], float] = field(default=time.monotonic, init=False)
    catch_up: Callable[[], None] = field(default=_nothing, init=False)

    def __post_init__(self) -> None:
        self.scaler = torch.amp.GradScaler(seeding.pick_device().type, enabled=self.amp == "fp16")

    def __iter__(self) -> Iterator[Epoch]:
        """Yield each epoch; FloatingPointError when the loss or all values of `keep` are NaN."""
        self._resume()
        while not self.state.ended:
            epoch = Epoch(self, self._number())
            yield epoch
            if epoch.number == self._number():
                raise RuntimeError(f"epoch {epoch.number} has no end: call `epoch.end(metrics)` at its end")
        self.save()
        if not self.state.best_epoch:
            raise FloatingPointError(f"{self.keep.metric} was NaN in all {self.state.epoch} epochs")
        if self.result == "best":
            self.model.load_state_dict(self.state.best_weights)
        self.model.eval()

    def descend(self, loss: Tensor) -> None:
        """Take a step of the optimizer down the gradient of a loss.

        With fp16 a step whose gradients are not finite is left out, and the next are scaled by less.
        """
        self.optimizer.zero_grad()
        self.scaler.scale(loss).backward()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        if self.scaler.is_enabled():
            # Where the first was left out, torch would warn of a schedule that is ahead of its optimizer.
            self.optimizer._opt_called = True  # type: ignore[attr-defined]  # made by torch on the way

    @property
    def result_epoch(self) -> int:
        """The epoch whose weights are the result, as far as is known."""
        return self.state.best_epoch if self.result == "best" else self.state.epoch

    def should_stop(self) -> bool:
        """Ask the context whether to stop; when it says yes, what was trained is saved already."""
        stop = self.context.should_stop()
        if stop and self.state.untrained:
            self.save()
        return stop

    def save(self) -> None:
        """Write a checkpoint."""
        self.catch_up()
        content: dict[str, Any] = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule is not None else None,
            "scaler": self.scaler.state_dict(),
            "random": seeding.capture(),
            "state": {entry.name: getattr(self.state, entry.name) for entry in fields(self.state)},
        }
        with self.context.saving(self.state.step):
            checkpoint.save(self.context.checkpoint, self.state.step, content)
        self.saved_at = time.monotonic()

    def _number(self) -> int:
        return self.state.epoch + 1 if self.state.untrained else 0

    def _resume(self) -> None:
        content = checkpoint.load(self.context.checkpoint)
        if content is None:
            return
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(content["schedule"])
            # Its steps were in an attempt before; not knowing them, torch would warn of an epoch without any.
            self.optimizer._opt_called = True  # type: ignore[attr-defined]  # made by torch on the way
        if self.scaler.is_enabled():
            self.scaler.load_state_dict(content["scaler"])
        seeding.restore(content["random"])
        self.state = State(**content["state"])


@dataclass(slots=True)
class Epoch:
    """The minibatches that are left of an epoch, and what is told of it.

    The model is in train mode while they are iterated over, and in eval mode afterwards.
    """

    loop: Loop
    number: int  # 0 is the untrained model
    size: int = field(default=0, init=False)  # of the minibatch under way
    means: dict[str, float] | None = field(default=None, init=False)  # known after the last minibatch
    trained_at: float = field(default=0.0, init=False)

    def __iter__(self) -> Iterator[Tensor]:
        """Yield the rows of each minibatch, int64 [B]; InterruptedError, once saved, to stop."""
        return self._steps((rows, rows) for rows in self._minibatches())

    def ahead(self, load: Callable[[Tensor, int], Loaded]) -> Iterator[Loaded]:
        """Yield what is loaded for each minibatch, on the device; the next ones are loaded meanwhile.

        `load` is given the rows and the number of finished epochs, in several threads; what it draws must
        depend on these and the seed alone.
        """
        finished = self.loop.state.epoch
        return self._steps(feeding.ahead(self._minibatches(), lambda rows: load(rows, finished)))

    def record(self, loss: Tensor, **others: Tensor) -> None:
        """Take note of means over the minibatch: those over the epoch are logged as `train_<name>`."""
        sums = self.loop.state.sums
        # The sums stay on the device: reading them every step would make the GPU wait.
        for name, mean in {"loss": loss, **others}.items():
            add(sums, name, mean.detach().double() * self.size)

    def end(self, metrics: Mapping[str, float]) -> None:
        """Log the metrics, keep the weights if they are the best so far, and decide whether to go on."""
        if self.means is None:
            raise RuntimeError(
                f"epoch {self.number} ends before its last minibatch: iterate over all of them"
            )
        loop, state, told = self.loop, self.loop.state, {**self.means, **metrics}
        if self.number == 0:
            state.untrained = told
        else:
            state.epoch, state.batch, state.sums, state.last = self.number, 0, {}, told
            _judge(loop, told)
            state.seconds += loop.clock() - self.trained_at
            state.ended = _ending(loop)
        loop.context.log({**told, "progress": self.number / loop.max_epochs}, step=self.number)

    def _minibatches(self) -> tuple[Tensor, ...]:
        loop = self.loop
        if self.number == 0:
            return ()
        order = seeding.epoch_order(len(loop.rows), seed=loop.context.seed, epoch=loop.state.epoch)
        return torch.split(loop.rows[order], loop.batch_size)[loop.state.batch :]

    def _steps(self, minibatches: Iterable[tuple[Tensor, Loaded]]) -> Iterator[Loaded]:
        loop, state = self.loop, self.loop.state
        loop.model.train()
        began = loop.clock()
        for rows, loaded in minibatches:
            state.waited += loop.clock() - began
            self.size = len(rows)
            yield loaded
            state.batch += 1
            state.step += 1
            state.samples += self.size
            took = loop.clock() - began
            state.seconds += took
            state.training += took
            if loop.should_stop():
                raise InterruptedError(f"stopped in epoch {self.number} after step {state.step}")
            if time.monotonic() - loop.saved_at > loop.save_minutes * 60:
                loop.save()
            began = loop.clock()
        loop.catch_up()
        loop.model.eval()
        self.trained_at = loop.clock()
        self.means = {f"train_{name}": float(total) / len(loop.rows) for name, total in state.sums.items()}
        state.training += loop.clock() - self.trained_at  # what a GPU had still to do
        if math.isnan(self.means.get("train_loss", 0.0)):
            raise FloatingPointError(f"loss is NaN in epoch {self.number}: try a lower learning rate")


def add(sums: dict[str, Tensor], name: str, summand: Tensor) -> None:
    """Add to a sum, on the device of what is added: those of a checkpoint come from the CPU."""
    sums[name] = sums[name].to(summand.device) + summand if name in sums else summand


def _judge(loop: Loop, metrics: dict[str, float]) -> None:
    """Keep the weights if this epoch is the best, and note when the goal of `stop` got better."""
    state, keep, stop = loop.state, loop.keep, loop.stop or loop.keep
    if keep.improves(metrics[keep.metric], state.best.get(keep.metric)):
        state.best_epoch, state.best = state.epoch, metrics
        weights = loop.model.state_dict()
        state.best_weights = {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}
    if stop.improves(metrics[stop.metric], state.stop_value):
        state.stop_epoch, state.stop_value = state.epoch, metrics[stop.metric]


def _ending(loop: Loop) -> str:
    """Return the rule that ends the training, or nothing."""
    state = loop.state
    if (loop.stop or loop.keep).reaches(state.stop_value, loop.enough):
        return "enough"
    if state.epoch >= loop.max_epochs:
        return "epochs"
    if state.epoch - state.stop_epoch >= loop.patience:
        return "patience"
    if state.seconds >= loop.hours * 3600:
        return "hours"
    return ""
