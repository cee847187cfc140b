"""Trainings of one task that differ in a few numbers, in lockstep: one program, one step of all at a time.

    def run_together(params, contexts):
        return lockstep.train(begin, params, contexts, may_differ=LOCKSTEP)

    def begin(params, context, once):  # what `run` begins with, too
        faces = once.made("faces", lambda: read(context.need("pictures")))
        ...
        return Training(loop=loop, inputs=(faces.pictures, faces.labels), measure=measure, ...)

What trainings share is read and kept once. On a GPU those that are at the same step are trained as one
stacked model (`parts/stacked.py`), and agree with trainings alone but for rounding. On a CPU, where a stack
takes longer at the batch sizes of this project, each takes its step by itself, and ends bit for bit as if it
were alone. Each has its own loop with its own log, checkpoint and end, so it can be taken up alone, and the
other way round.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import torch

from tasks.parts import feeding, seeding, stacked
from tasks.parts.stacked import Stack, named

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Hashable, Iterator, Sequence

    from torch import Tensor

    from tasks.parts.context import Context
    from tasks.parts.params import TaskParams
    from tasks.parts.training import Epoch, Loop

P = TypeVar("P", bound="TaskParams")
T = TypeVar("T")

log = logging.getLogger(__name__)

Ended = dict[str, float] | Exception  # the metrics of a training, or what ended it


class Once:
    """What several trainings share: made for the first that asks, and handed to the others."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under a key, which names all that it depends on."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A training that is begun: what alone and in lockstep is the same.

    A schedule of its loop is stepped after each epoch.
    """

    loop: Loop
    inputs: tuple[Tensor, ...]  # [N, ...], on the device or not; a minibatch is the same rows of each
    # (model, rows of the inputs, factors) -> loss, or several means of which one is `loss`. For all that are
    # trained together that of the first is asked, so what differs between them has to be a factor.
    measure: Callable[..., Tensor | dict[str, Tensor]]
    factors: tuple[float, ...] = ()  # numbers of its own that enter the loss
    validate: Callable[[], dict[str, float]]
    finish: Callable[[], dict[str, float]]  # writes the artifacts and returns the result

    def minibatches(self, epoch: Epoch) -> Iterator[tuple[Tensor, ...]]:
        """Yield the inputs of each minibatch on the device; those that lie elsewhere are read ahead."""
        if all(each.device.type == seeding.pick_device().type for each in self.inputs):
            yield from (self.given(rows) for rows in epoch)
        else:
            yield from epoch.ahead(lambda rows, _: tuple(each[rows.to(each.device)] for each in self.inputs))

    def given(self, rows: Tensor) -> tuple[Tensor, ...]:
        """Return the inputs of some rows, int64 [B], on the device."""
        return tuple(feeding.rows_of(each, rows) for each in self.inputs)

    def measured(self, given: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """Return what is measured on the inputs of a minibatch: `loss`, and what else is recorded."""
        return named(self.measure(self.loop.model, *given, *self.factors))


def train(
    begin: Callable[[P, Context, Once], Training],
    params: Sequence[P],
    contexts: Sequence[Context],
    *,
    may_differ: Collection[str],
    stack: bool | None = None,
) -> Iterator[tuple[int, Ended]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it.

    ValueError, before any step, for parameters that differ in anything else and for models that cannot train
    so. `stack` says whether to stack them, None: on a GPU.
    """
    _check_alike(params, may_differ)
    once, begun = Once(), dict[int, Training]()
    for place, (given, context) in enumerate(zip(params, contexts, strict=True)):
        try:
            begun[place] = begin(given, context, once)
        except Exception as error:  # what ends one training ends no other
            yield place, error
    for training in begun.values():
        stacked.check(training)
    company = _Company({place: _UnderWay(training) for place, training in begun.items()}, stack)
    for place in begun:
        yield from company.go_on(place)
    while company.under_way:
        for place in company.step():
            yield from company.go_on(place)


def _check_alike(params: Sequence[TaskParams], may_differ: Collection[str]) -> None:
    for name in sorted(set(type(params[0]).model_fields) - set(may_differ)):
        found = [getattr(each, name) for each in params]
        if others := [value for value in found if value != found[0]]:
            raise ValueError(
                f"trainings in lockstep may differ in {', '.join(may_differ)}; "
                f"`{name}` is {found[0]} in one and {others[0]} in another"
            )


class _UnderWay:
    """A training, the rows of its next minibatch, and the seconds that count for it."""

    def __init__(self, training: Training) -> None:
        self.training, self.seconds = training, 0.0
        self.epoch: Epoch
        self.rows: Tensor
        self._course = _course(training)
        self.row: tuple[Stack, int] | None = None  # where it is trained now, if not by itself
        self.failed: Exception | None = None  # in its step
        self._resumed_at = 0.0
        training.loop.clock = lambda: self.seconds + time.monotonic() - self._resumed_at
        training.loop.catch_up = self.catch_up

    @property
    def steps(self) -> int:
        """Minibatches so far."""
        return self.training.loop.state.step

    def go_on(self) -> Ended | None:
        """Finish the step and go on to the next minibatch; return how the training has ended, if so."""
        self._resumed_at = time.monotonic()
        if self.failed is not None:
            return self.failed
        try:
            self.epoch, self.rows = next(self._course)
        except StopIteration as end:
            result: dict[str, float] = end.value
            return result
        except Exception as error:  # what ends one training ends no other
            return error
        finally:
            self.seconds += time.monotonic() - self._resumed_at
        return None

    def catch_up(self) -> None:
        """Bring model, optimizer and sums up to date."""
        if self.row is not None:
            stack, at = self.row
            stack.give_back(at)

    def step(self) -> None:
        """Take a step by itself; what goes wrong is told when it goes on."""
        began = time.monotonic()
        try:
            found = self.training.measured(self.training.given(self.rows))
            self.training.loop.descend(found["loss"])
            self.epoch.record(**found)
        except Exception as error:
            self.failed = error
        self.seconds += time.monotonic() - began


def _course(training: Training) -> Generator[tuple[Epoch, Tensor], None, dict[str, float]]:
    """Go through a training: somebody else takes each step of which the rows are yielded."""
    for epoch in training.loop:
        for rows in epoch:
            yield epoch, rows
        epoch.end(training.validate())
        if epoch.number > 0 and training.loop.schedule is not None:
            training.loop.schedule.step()
    return training.finish()


class _Company:
    """The trainings that are left, and the stack of those that step together."""

    def __init__(self, under_way: dict[int, _UnderWay], stack: bool | None) -> None:
        self.under_way = under_way
        self.stacking = torch.cuda.is_available() if stack is None else stack
        self._stack: Stack | None = None
        self._stacked: list[_UnderWay] = []

    def step(self) -> list[int]:
        """Take a step with those furthest behind whose minibatches are of one length; return their places."""
        least = min(each.steps for each in self.under_way.values())
        behind = [place for place, each in self.under_way.items() if each.steps == least]
        size = len(self.under_way[behind[0]].rows)
        chosen = [place for place in behind if len(self.under_way[place].rows) == size]
        each = [self.under_way[place] for place in chosen]
        if not (self.stacking and len(each) > 1 and self._step_stacked(each, size)):
            self._unstack()
            for one in each:
                one.step()
        return chosen

    def go_on(self, place: int) -> Iterator[tuple[int, Ended]]:
        """Let one go on to its next step; yield how it has ended, if so."""
        ended = self.under_way[place].go_on()
        if ended is not None:
            del self.under_way[place]
            yield place, ended

    def _step_stacked(self, chosen: list[_UnderWay], size: int) -> bool:
        """Take a step with all as one; tell whether there was room for it."""
        began = time.monotonic()
        try:
            stack = self._stack_of(chosen)
            measured = stack.measure([each.rows for each in chosen])
        except torch.OutOfMemoryError:
            log.warning("no room for a stack of %d trainings: from now on each steps by itself", len(chosen))
            self.stacking = False
            return False
        stack.step(measured, size)
        share = (time.monotonic() - began) / len(chosen)
        for each in chosen:
            each.seconds += share
        return True

    def _stack_of(self, chosen: list[_UnderWay]) -> Stack:
        if self._stack is None or chosen != self._stacked:
            self._unstack()
            self._stack, self._stacked = Stack([each.training for each in chosen]), chosen
            for at, each in enumerate(chosen):
                each.row = self._stack, at
        return self._stack

    def _unstack(self) -> None:
        for each in self._stacked:
            each.catch_up()
            each.row = None
        self._stack, self._stacked = None, []
