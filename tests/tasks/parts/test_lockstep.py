from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tasks.parts import checkpoint, lockstep, seeding
from tasks.parts.context import FolderContext
from tasks.parts.lockstep import Once, Training
from tasks.parts.params import TaskParams
from tasks.parts.training import Loop, lowest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from torch import Tensor

    from tasks.parts.lockstep import Ended

LOCKSTEP = ("lr", "epochs", "patience", "left_out", "l2")
WAYS = pytest.mark.parametrize("stack", [False, True], ids=["in turn", "stacked"])


class Params(TaskParams):
    """Of a small network that learns to add."""

    optimizer: Literal["sgd", "adam", "adamw", "rmsprop"] = "sgd"
    lr: float = 0.02
    l2: float = 0.0
    epochs: int = 4
    patience: int = 99
    left_out: int = 0  # rows
    width: int = 8


class Toy:
    """What trains it, alone or with others; `loss` may be replaced."""

    def __init__(self, loss: Callable[[Tensor, Tensor], Tensor] = F.mse_loss) -> None:
        self.loss = loss
        self.read = 0
        self.trainings: list[Training] = []

    def begin(self, params: Params, context: FolderContext, once: Once) -> Training:
        seeding.seed_all(context.seed)
        given, wanted = once.made("numbers", self.numbers)
        # In double precision, so that rounding hides no mistake.
        model = nn.Sequential(nn.Linear(5, params.width), nn.ReLU(), nn.Linear(params.width, 1)).double()
        optimizer = {
            "sgd": lambda: torch.optim.SGD(model.parameters(), lr=params.lr, momentum=0.5),
            "adam": lambda: torch.optim.Adam(model.parameters(), lr=params.lr),
            "adamw": lambda: torch.optim.AdamW(model.parameters(), lr=params.lr),
            "rmsprop": lambda: torch.optim.RMSprop(model.parameters(), lr=params.lr),
        }[params.optimizer]()
        loop = Loop(
            model=model,
            optimizer=optimizer,
            schedule=torch.optim.lr_scheduler.StepLR(optimizer, step_size=2),
            context=context,
            rows=torch.arange(22 - params.left_out),
            batch_size=4,
            max_epochs=params.epochs,
            keep=lowest("val_loss"),
            patience=params.patience,
        )
        training = Training(
            loop=loop,
            inputs=(given, wanted),
            measure=self.measure,
            factors=(params.l2,),
            validate=lambda: {"val_loss": float(F.mse_loss(model(given), wanted).detach())},
            finish=lambda: {"loss": loop.state.best["val_loss"], "epochs": loop.state.epoch},
        )
        self.trainings.append(training)
        return training

    def numbers(self) -> tuple[Tensor, Tensor]:
        self.read += 1
        given = torch.randn(22, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        return given, given.sum(dim=1, keepdim=True)

    def measure(
        self, model: nn.Module, given: Tensor, wanted: Tensor, l2: Tensor | float
    ) -> dict[str, Tensor]:
        found = model(given)
        penalty = l2 * model[0].weight.square().sum()
        return {"loss": self.loss(found, wanted) + penalty, "mean": found.mean()}

    def alone(self, params: Params, context: FolderContext) -> Ended:
        """Train as a task does by itself."""
        training = self.begin(params, context, Once())
        for epoch in training.loop:
            for given in training.minibatches(epoch):
                found = training.measured(given)
                training.loop.descend(found["loss"])
                epoch.record(**found)
            epoch.end(training.validate())
            if epoch.number > 0:
                training.loop.schedule.step()
        return training.finish()

    def together(
        self, params: Iterable[Params], contexts: Iterable[FolderContext], **given: Any
    ) -> dict[int, Ended]:
        """Train in lockstep; the places stand in the order in which they ended."""
        found = list(lockstep.train(self.begin, list(params), list(contexts), may_differ=LOCKSTEP, **given))
        assert len(dict(found)) == len(found)
        return dict(found)


def contexts_at(root: Path, count: int, stops: dict[int, int] | None = None) -> list[FolderContext]:
    """Return contexts with different seeds; one may say stop at a question of its own."""
    return [
        FolderContext(
            root=root / str(place), data=root, seed=place % 3, stop=stops_at((stops or {}).get(place))
        )
        for place in range(count)
    ]


def stops_at(question: int | None) -> Callable[[], bool]:
    asked = iter(range(1, 10_000))
    return lambda: next(asked) == question


def last(context: FolderContext) -> dict[str, float]:
    return context.logged()[-1]


SEVERAL = [
    Params(),
    Params(lr=0.05),
    Params(lr=1e-3, epochs=2),
    Params(left_out=1),
    Params(left_out=2, l2=0.1),
    Params(patience=1, lr=0.15),
]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@WAYS
def test_together_they_learn_what_each_learns_alone(tmp_path: Path, optimizer: str, stack: bool) -> None:
    several = [each.model_copy(update={"optimizer": optimizer}) for each in SEVERAL]
    own, others = contexts_at(tmp_path / "alone", 6), contexts_at(tmp_path / "together", 6)
    wanted = [Toy().alone(*each) for each in zip(several, own, strict=True)]
    found = Toy().together(several, others, stack=stack)
    tolerance = 1e-9 if stack else 0
    assert [found[place] for place in range(6)] == [pytest.approx(each, rel=tolerance) for each in wanted]
    for one, other in zip(own, others, strict=True):
        assert other.logged() == [pytest.approx(line, rel=tolerance, abs=tolerance) for line in one.logged()]


@WAYS
def test_weights_and_what_the_optimizer_keeps_are_those_of_a_training_alone(
    tmp_path: Path, stack: bool
) -> None:
    own, others = contexts_at(tmp_path / "alone", 6), contexts_at(tmp_path / "together", 6)
    for each in zip(SEVERAL, own, strict=True):
        Toy().alone(*each)
    Toy().together(SEVERAL, others, stack=stack)
    for one, other in zip(own, others, strict=True):
        wanted, found = checkpoint.load(one.checkpoint) or {}, checkpoint.load(other.checkpoint) or {}
        for part in ("model", "optimizer"):
            torch.testing.assert_close(found[part], wanted[part], rtol=1e-9, atol=1e-9)


@WAYS
@pytest.mark.parametrize("question", [1, 5, 9, 12])
def test_stopped_together_it_is_taken_up_alone(tmp_path: Path, question: int, stack: bool) -> None:
    (wanted,) = [Toy().alone(SEVERAL[1], contexts_at(tmp_path / "alone", 2)[1])]
    found = Toy().together(SEVERAL, contexts_at(tmp_path, 6, {1: question}), stack=stack)
    assert isinstance(found.pop(1), InterruptedError)
    assert all(isinstance(other, dict) for other in found.values())
    assert Toy().alone(SEVERAL[1], contexts_at(tmp_path, 2)[1]) == pytest.approx(wanted, rel=1e-9)


@WAYS
@pytest.mark.parametrize("question", [1, 5, 9, 12])
def test_stopped_alone_it_is_taken_up_with_others(tmp_path: Path, question: int, stack: bool) -> None:
    wanted = [Toy().alone(*each) for each in zip(SEVERAL, contexts_at(tmp_path / "alone", 6), strict=True)]
    with pytest.raises(InterruptedError):
        Toy().alone(SEVERAL[1], contexts_at(tmp_path, 2, {1: question})[1])
    found = Toy().together(SEVERAL, contexts_at(tmp_path, 6), stack=stack)
    assert [found[place] for place in range(6)] == [pytest.approx(each, rel=1e-9) for each in wanted]


def test_those_furthest_behind_step_first(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        Toy().alone(Params(), contexts_at(tmp_path, 1, {0: 5})[0])
    asked: list[int] = []
    contexts = [
        replace(context, stop=lambda place=place: bool(asked.append(place)))
        for place, context in enumerate(contexts_at(tmp_path, 2))
    ]
    Toy().together([Params()] * 2, contexts, stack=True)
    assert asked[:8] == [1, 1, 1, 1, 1, 0, 1, 0]


@WAYS
def test_a_loss_that_is_nan_ends_its_training_alone(tmp_path: Path, stack: bool) -> None:
    several = [Params(), Params(lr=1e300), Params(lr=0.05)]
    wanted = Toy().alone(several[2], contexts_at(tmp_path / "alone", 3)[2])
    found = Toy().together(several, contexts_at(tmp_path, 3), stack=stack)
    assert list(found) == [1, 0, 2]
    assert isinstance(found[1], FloatingPointError)
    assert found[2] == pytest.approx(wanted, rel=1e-9)


@WAYS
def test_who_is_stopped_has_saved(tmp_path: Path, stack: bool) -> None:
    contexts = contexts_at(tmp_path, 3, {1: 5})
    Toy().together(SEVERAL[:3], contexts, stack=stack)
    assert (checkpoint.load(contexts[1].checkpoint) or {})["state"]["step"] == 5


def test_a_checkpoint_of_a_stack_holds_one_training_alone(tmp_path: Path) -> None:
    own, others = contexts_at(tmp_path / "alone", 6, {1: 9}), contexts_at(tmp_path / "together", 6, {1: 9})
    with pytest.raises(InterruptedError):
        Toy().alone(SEVERAL[1], own[1])
    Toy().together(SEVERAL, others, stack=True)
    (one,), (other,) = checkpoint.saved(own[1].checkpoint), checkpoint.saved(others[1].checkpoint)
    assert other.stat().st_size == pytest.approx(one.stat().st_size, rel=0.1)


def test_what_trainings_share_is_read_once(tmp_path: Path) -> None:
    toy = Toy()
    toy.together(SEVERAL, contexts_at(tmp_path, 6), stack=True)
    assert toy.read == 1


def test_who_cannot_begin_ends_alone(tmp_path: Path) -> None:
    class Broken(Toy):
        def begin(self, params: Params, context: FolderContext, once: Once) -> Training:
            if params.lr == 0.05:
                raise OSError("disk gone")
            return super().begin(params, context, once)

    found = Broken().together(SEVERAL[:3], contexts_at(tmp_path, 3), stack=True)
    assert [type(found[place]) for place in range(3)] == [dict, OSError, dict]


def test_a_step_that_fails_ends_its_training_alone(tmp_path: Path) -> None:
    def fails(*_given: object) -> Tensor:
        raise OSError("disk gone")

    class Broken(Toy):
        def begin(self, params: Params, context: FolderContext, once: Once) -> Training:
            training = super().begin(params, context, once)
            return replace(training, measure=fails) if params.lr == 0.05 else training

    found = Broken().together(SEVERAL[:3], contexts_at(tmp_path, 3), stack=False)
    assert [type(found[place]) for place in range(3)] == [dict, OSError, dict]


def test_seconds_are_shared_out(tmp_path: Path) -> None:
    toy, began = Toy(), time.monotonic()
    toy.together(SEVERAL, contexts_at(tmp_path, 6), stack=True)
    seconds = [training.loop.state.seconds for training in toy.trainings]
    assert min(seconds) > 0
    assert math.fsum(seconds) <= time.monotonic() - began


@WAYS
def test_a_time_that_is_over_ends_its_training_alone(tmp_path: Path, stack: bool) -> None:
    class Hurried(Toy):
        def begin(self, params: Params, context: FolderContext, once: Once) -> Training:
            training = super().begin(params, context, once)
            training.loop.hours = 0 if params.lr == 0.05 else math.inf
            return training

    found = Hurried().together(SEVERAL[:2], contexts_at(tmp_path, 2), stack=stack)
    assert [found[place]["epochs"] for place in range(2)] == [4, 1]


def test_without_room_for_a_stack_each_steps_by_itself(tmp_path: Path) -> None:
    def full(found: Tensor, wanted: Tensor) -> Tensor:
        if torch._C._functorch.is_functorch_wrapped_tensor(found):
            raise torch.OutOfMemoryError
        return F.mse_loss(found, wanted)

    wanted = [Toy().alone(*each) for each in zip(SEVERAL, contexts_at(tmp_path / "alone", 6), strict=True)]
    found = Toy(full).together(SEVERAL, contexts_at(tmp_path, 6), stack=True)
    assert [found[place] for place in range(6)] == wanted


def test_parameters_that_may_not_differ_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`width` is 8 in one and 9 in another"):
        Toy().together([Params(), Params(width=9)], contexts_at(tmp_path, 2))


def test_a_model_that_cannot_be_stacked_is_refused_before_any_step(tmp_path: Path) -> None:
    class WithDropout(Toy):
        def begin(self, params: Params, context: FolderContext, once: Once) -> Training:
            training = super().begin(params, context, once)
            training.loop.model.append(nn.Dropout(0.5))
            return training

    toy, contexts = WithDropout(), contexts_at(tmp_path, 2)
    with pytest.raises(ValueError, match="a model with Dropout cannot train in lockstep"):
        toy.together([Params()] * 2, contexts)
    assert [training.loop.state.step for training in toy.trainings] == [0, 0]
