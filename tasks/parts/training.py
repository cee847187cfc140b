"""The training loop that every task uses: minibatches, early stopping, best epoch, exact resume.

A training interrupted at any step and taken up again gives, on the CPU, bit for bit the numbers of one that
was never interrupted: the checkpoint holds model, optimizer, schedule, all random states and the state below,
and the order of the samples is a function of seed and epoch.
"""

from __future__ import annotations

import math
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import torch

from tasks.parts import checkpoint, seeding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from torch import Tensor, nn
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler

    from tasks.parts.context import Context

# Minibatches loaded while one is trained on.
AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train: everything about the loop that is not model, loss or data."""

    samples: int
    batch_size: int
    max_epochs: int
    keep: Goal  # the weights of the best epoch by this goal are the result
    stop: Goal  # training ends when this goal has not improved for `patience` epochs
    patience: int
    enough: float | None = None  # training also ends once the goal of `stop` has reached this
    hours: float = math.inf  # training time over all attempts
    save_minutes: float = 10.0  # between checkpoints, besides the one at an interruption

    @classmethod
    def all_epochs(cls, epochs: int, *, samples: int, batch_size: int, keep: Goal) -> Recipe:
        """Return the recipe that never ends early and keeps the best epoch."""
        return cls(
            samples=samples, batch_size=batch_size, max_epochs=epochs, keep=keep, stop=keep, patience=epochs
        )


@dataclass(slots=True, kw_only=True)
class State:
    """Where a training stands; after `train` it is the outcome."""

    epoch: int = 0  # finished epochs
    batch: int = 0  # finished minibatches of the epoch under way
    step: int = 0  # finished minibatches in all
    seconds: float = 0.0
    sums: dict[str, Tensor] = field(default_factory=dict)  # of what `loss` returned in the epoch under way
    untrained: dict[str, float] = field(default_factory=dict)  # metrics before the first step
    best_epoch: int = 0
    best: dict[str, float] = field(default_factory=dict)  # metrics of the best epoch
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)  # metrics of the last finished epoch
    stop_epoch: int = 0
    stop_value: float | None = None
    ended: str = ""  # "enough", "patience", "hours" or "epochs" when the training is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What is trained, on what, and how."""

    model: nn.Module
    optimizer: Optimizer
    # What `load` made of a minibatch -> `loss`, and what else to log as `train_...`: means over the minibatch
    loss: Callable[[Any], Mapping[str, Tensor]]
    validate: Callable[[], dict[str, float]]  # metrics on the validation data, called in eval mode
    recipe: Recipe
    # Indices of a minibatch, int64 [B], and the epoch from 0 -> what `loss` is given; None: the indices.
    # It is called ahead, in a thread: what it draws must depend on seed, epoch and index alone.
    load: Callable[[Tensor, int], Any] | None = None
    schedule: LRScheduler | None = None
    schedule_each: Literal["epoch", "step"] = "epoch"


def train(training: Training, context: Context) -> State:
    """Train until a rule ends it, put the best epoch's weights into the model, and return the outcome.

    Raises InterruptedError after saving when the context says stop, FloatingPointError when the loss is NaN.
    Logs the means of what `loss` returned as `train_...`, the validation metrics and `progress` of every
    epoch; step 0 is the untrained model.
    """
    state = _resume(training, context) or _start(training, context)
    saved_at = time.monotonic()
    while not state.ended:
        saved_at = _train_epoch(training, state, context, saved_at)
        try:
            _finish_epoch(training, state, context)
        except InterruptedError:  # within the validation; the epoch's steps are not lost
            _save(training, state, context)
            raise
    _save(training, state, context)
    if not state.best_epoch:
        raise FloatingPointError(f"{training.recipe.keep.metric} was NaN in all {state.epoch} epochs")
    training.model.load_state_dict(state.best_weights)
    training.model.eval()
    return state


def _start(training: Training, context: Context) -> State:
    state = State()
    state.untrained = _validated(training, context)
    context.log({**state.untrained, "progress": 0.0}, step=0)
    return state


def _train_epoch(training: Training, state: State, context: Context, saved_at: float) -> float:
    recipe = training.recipe
    order = seeding.epoch_order(recipe.samples, seed=context.seed, epoch=state.epoch)
    training.model.train()
    batches = torch.split(order, recipe.batch_size)[state.batch :]
    began = time.monotonic()
    for indices, batch in _loaded(training, batches, state.epoch):
        _train_step(training, state, batch, len(indices))
        now = time.monotonic()
        state.seconds += now - began
        if context.should_stop():
            _save(training, state, context)
            raise InterruptedError(f"stopped in epoch {state.epoch + 1} after step {state.step}")
        if now - saved_at > recipe.save_minutes * 60:
            _save(training, state, context)
            saved_at = time.monotonic()
        began = time.monotonic()
    return saved_at


def _loaded(training: Training, batches: Sequence[Tensor], epoch: int) -> Iterator[tuple[Tensor, Any]]:
    """Yield each minibatch with what is loaded for it, the next ones being loaded meanwhile."""
    if training.load is None:
        yield from ((indices, indices) for indices in batches)
        return
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[tuple[Tensor, Future[Any]]] = deque()
        for indices in batches:
            waiting.append((indices, pool.submit(training.load, indices, epoch)))
            if len(waiting) > AHEAD:
                first, loading = waiting.popleft()
                yield first, loading.result()
        while waiting:
            first, loading = waiting.popleft()
            yield first, loading.result()


def _train_step(training: Training, state: State, batch: Any, size: int) -> None:
    training.optimizer.zero_grad(set_to_none=True)
    means = training.loss(batch)
    means["loss"].backward()  # type: ignore[no-untyped-call]  # torch does not say its types
    training.optimizer.step()
    if training.schedule is not None and training.schedule_each == "step":
        training.schedule.step()
    # The sums stay on the device: reading them every step would make the GPU wait.
    for name, mean in means.items():
        summand = mean.detach().double() * size
        state.sums[name] = state.sums[name].to(summand.device) + summand if name in state.sums else summand
    state.batch += 1
    state.step += 1


def _finish_epoch(training: Training, state: State, context: Context) -> None:
    recipe = training.recipe
    began = time.monotonic()
    trained = {f"train_{name}": float(total) / recipe.samples for name, total in state.sums.items()}
    if math.isnan(trained["train_loss"]):
        raise FloatingPointError(f"loss is NaN in epoch {state.epoch + 1}: try a lower learning rate")
    metrics = {**trained, **_validated(training, context)}
    if training.schedule is not None and training.schedule_each == "epoch":
        training.schedule.step()
    state.epoch, state.batch, state.sums = state.epoch + 1, 0, {}
    _judge(training, state, metrics)
    state.seconds += time.monotonic() - began
    state.ended = _ending(recipe, state)
    context.log({**metrics, "progress": state.epoch / recipe.max_epochs}, step=state.epoch)


def _judge(training: Training, state: State, metrics: dict[str, float]) -> None:
    keep, stop = training.recipe.keep, training.recipe.stop
    state.last = metrics
    if keep.improves(metrics[keep.metric], state.best.get(keep.metric)):
        state.best_epoch, state.best = state.epoch, metrics
        weights = training.model.state_dict()
        state.best_weights = {name: tensor.detach().cpu().clone() for name, tensor in weights.items()}
    if stop.improves(metrics[stop.metric], state.stop_value):
        state.stop_epoch, state.stop_value = state.epoch, metrics[stop.metric]


def _ending(recipe: Recipe, state: State) -> str:
    if recipe.stop.reaches(state.stop_value, recipe.enough):
        return "enough"
    if state.epoch >= recipe.max_epochs:
        return "epochs"
    if state.epoch - state.stop_epoch >= recipe.patience:
        return "patience"
    if state.seconds >= recipe.hours * 3600:
        return "hours"
    return ""


def _validated(training: Training, context: Context) -> dict[str, float]:
    training.model.eval()
    with torch.no_grad(), _asking(training.model, context):
        return training.validate()


@contextmanager
def _asking(model: nn.Module, context: Context) -> Iterator[None]:
    """Ask before each use of the model whether to stop: a validation may outlast the time that is left."""

    def ask(*_: object) -> None:
        if context.should_stop():
            raise InterruptedError("stopped within a validation")

    hook = model.register_forward_pre_hook(ask)
    try:
        yield
    finally:
        hook.remove()


def _save(training: Training, state: State, context: Context) -> None:
    schedule = training.schedule
    content: dict[str, Any] = {
        "model": training.model.state_dict(),
        "optimizer": training.optimizer.state_dict(),
        "schedule": schedule.state_dict() if schedule is not None else None,
        "random": seeding.capture(),
        "state": {entry.name: getattr(state, entry.name) for entry in fields(state)},
    }
    with context.saving(state.step):
        checkpoint.save(context.checkpoint, state.step, content)


def _resume(training: Training, context: Context) -> State | None:
    content = checkpoint.load(context.checkpoint)
    if content is None:
        return None
    training.model.load_state_dict(content["model"])
    training.optimizer.load_state_dict(content["optimizer"])
    if training.schedule is not None:
        training.schedule.load_state_dict(content["schedule"])
        # Its steps were in an attempt before; not knowing them, torch would warn of an epoch without any.
        training.optimizer._opt_called = True  # type: ignore[attr-defined]  # made by torch on the way
    seeding.restore(content["random"])
    return State(**content["state"])
