import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tasks.parts import checkpoint, seeding
from tasks.parts.context import FolderContext, asking
from tasks.parts.training import Epoch, Goal, Loop, State, highest, lowest

LOW = lowest("val_loss")


def stops_at(*steps: int) -> Callable[[], bool]:
    """Answer yes at these calls, counted over all attempts."""
    calls = iter(range(1, 10_000))
    return lambda: next(calls) in steps


def context_at(root: Path, *stops: int) -> FolderContext:
    return FolderContext(root=root, data=root, seed=3, stop=stops_at(*stops))


class Toy:
    """A tiny net with dropout, noise of all three generators, momentum and a schedule: all must resume."""

    def __init__(self, context: FolderContext, **given: Any) -> None:
        seeding.seed_all(3)
        self.x, self.y = torch.randn(10, 5), torch.randn(10, 1)
        self.model = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))
        optimizer = torch.optim.RMSprop(self.model.parameters(), lr=0.05, alpha=0.9, momentum=0.5)
        self.schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
        self.loop = Loop(
            model=self.model,
            optimizer=optimizer,
            schedule=self.schedule,
            context=context,
            rows=torch.arange(10),
            **{"batch_size": 4, "max_epochs": 4, "keep": LOW, **given},
        )
        self.others: Callable[[Tensor], dict[str, Tensor]] = lambda _rows: {}

    def minibatches(self, epoch: Epoch) -> Iterator[Tensor]:
        return iter(epoch)

    def loss(self, rows: Tensor) -> Tensor:
        return F.mse_loss(self.model(self.x[rows] + 0.1 * float(np.random.rand())), self.y[rows])

    def validate(self) -> dict[str, float]:
        with torch.no_grad():
            (found,) = [F.mse_loss(self.model(x), self.y) for x in asking(self.loop, [self.x])]
        return {"val_loss": float(found)}

    def train(self) -> State:
        for epoch in self.loop:
            for rows in self.minibatches(epoch):
                loss = self.loss(rows)
                self.loop.optimizer.zero_grad()
                loss.backward()
                self.loop.optimizer.step()
                epoch.record(loss, **self.others(rows))
            epoch.end(self.validate())
            if epoch.number > 0:
                self.schedule.step()
        return self.loop.state


class Loading(Toy):
    """Loads minibatches ahead, with what is drawn for each row and epoch."""

    def minibatches(self, epoch: Epoch) -> Iterator[Tensor]:
        for rows, factor in epoch.ahead(self.load):
            self.factor = factor
            yield rows

    def load(self, rows: Tensor, epoch: int) -> tuple[Tensor, float]:
        return rows, sum(float(np.random.default_rng([epoch, row]).random()) for row in rows.tolist())

    def loss(self, rows: Tensor) -> Tensor:
        return super().loss(rows) * self.factor


def train_through(context: FolderContext, kind: type[Toy] = Toy, **given: Any) -> Toy:
    """Start again after each interruption; only the checkpoint folder survives, as for a new worker."""
    while True:
        toy = kind(context, **given)
        try:
            toy.train()
        except InterruptedError:
            continue
        return toy


def scripted(values: list[float], context: FolderContext, **given: Any) -> State:
    """Train with a validation loss that is given, untrained value first."""
    told, toy = iter(values), Toy(context, **given)
    toy.validate = lambda: {"val_loss": next(told)}
    return toy.train()


@pytest.mark.parametrize(
    "stops",
    [(1,), (2,), (3,), (4, 5), (5, 1), (2, 3, 4), (11,), (17,), tuple(range(1, 18))],
    ids=lambda stops: "-".join(map(str, stops)),
)
@pytest.mark.parametrize("kind", [Toy, Loading])
def test_resumed_equals_uninterrupted_bit_for_bit(
    tmp_path: Path, stops: tuple[int, ...], kind: type[Toy]
) -> None:
    whole = train_through(context_at(tmp_path / "whole"), kind)
    parts = train_through(context_at(tmp_path / "parts", *stops), kind)
    wanted, found = whole.loop.state, parts.loop.state
    assert all(map(torch.equal, whole.model.state_dict().values(), parts.model.state_dict().values()))
    assert (found.best, found.best_epoch, found.step) == (wanted.best, wanted.best_epoch, wanted.step)
    assert context_at(tmp_path / "parts").logged() == context_at(tmp_path / "whole").logged()


def test_killed_without_warning_resumes_from_the_periodic_checkpoint(tmp_path: Path) -> None:
    wanted = train_through(context_at(tmp_path / "whole"), save_minutes=0)
    killed = Toy(context_at(tmp_path / "parts"), save_minutes=0)
    losses = iter(range(7))

    def dies(rows: Tensor) -> Tensor:
        if next(losses) == 6:
            raise KeyboardInterrupt
        return Toy.loss(killed, rows)

    killed.loss = dies
    with pytest.raises(KeyboardInterrupt):
        killed.train()
    assert len(checkpoint.saved(context_at(tmp_path / "parts").checkpoint)) == 2
    found = train_through(context_at(tmp_path / "parts"), save_minutes=0)
    assert found.loop.state.best == wanted.loop.state.best


def test_corrupt_newest_checkpoint_still_gives_the_same_end(tmp_path: Path) -> None:
    wanted = train_through(context_at(tmp_path / "whole"))
    context = context_at(tmp_path / "parts", 2, 3)
    for _ in range(2):
        with pytest.raises(InterruptedError):
            Toy(context).train()
    checkpoint.saved(context.checkpoint)[0].write_bytes(b"torn")
    assert train_through(context).loop.state.best == wanted.loop.state.best


def test_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    first = train_through(context_at(tmp_path)).loop.state
    again = train_through(context_at(tmp_path))
    assert again.loop.state.best == first.best
    assert again.validate() == {"val_loss": first.best["val_loss"]}


def test_interruption_says_where(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError, match="stopped in epoch 2 after step 5"):
        Toy(context_at(tmp_path, 7)).train()


def test_what_was_trained_is_saved_when_a_validation_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError, match="in an evaluation, after 0 of its batches"):
        Toy(context_at(tmp_path, 5)).train()
    content = checkpoint.load(context_at(tmp_path).checkpoint) or {}
    assert (content["state"]["epoch"], content["state"]["batch"]) == (0, 3)


def test_nothing_is_saved_before_the_untrained_model_is_measured(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        Toy(context_at(tmp_path, 1)).train()
    assert checkpoint.saved(context_at(tmp_path).checkpoint) == []


def test_every_epoch_is_logged_and_step_0_is_untrained(tmp_path: Path) -> None:
    Toy(context_at(tmp_path)).train()
    logged = context_at(tmp_path).logged()
    assert [line["step"] for line in logged] == [0, 1, 2, 3, 4]
    assert "train_loss" not in logged[0]
    assert logged[2].keys() == {"step", "train_loss", "val_loss", "progress"}


def test_each_epoch_sees_every_row_in_its_own_order(tmp_path: Path) -> None:
    toy, seen = Toy(context_at(tmp_path), max_epochs=2), []
    toy.others = lambda rows: seen.extend(rows.tolist()) or {}
    toy.train()
    first, second = seen[:10], seen[10:]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


def test_minibatches_are_drawn_from_the_given_rows(tmp_path: Path) -> None:
    toy, seen = Toy(context_at(tmp_path)), []
    toy.loop.rows = torch.tensor([7, 2, 5])
    toy.others = lambda rows: seen.append(rows) or {}
    toy.train()
    assert [sorted(rows.tolist()) for rows in seen] == [[2, 5, 7]] * 4


def test_model_is_in_train_mode_in_the_steps_alone(tmp_path: Path) -> None:
    toy, modes = Toy(context_at(tmp_path), max_epochs=2), []
    toy.loss = lambda rows: modes.append(toy.model.training) or Toy.loss(toy, rows)
    toy.validate = lambda: modes.append(toy.model.training) or {"val_loss": 1.0}
    toy.train()
    assert modes == [False, *[True] * 3, False, *[True] * 3, False]
    assert not toy.model.training


def test_whatever_is_recorded_is_averaged_over_the_rows(tmp_path: Path) -> None:
    toy = Toy(context_at(tmp_path))
    toy.others = lambda rows: {"row": rows.double().mean()}
    toy.train()
    assert [line["train_row"] for line in context_at(tmp_path).logged()[1:]] == [4.5] * 4


def test_minibatches_loaded_ahead_are_those_of_the_epoch(tmp_path: Path) -> None:
    toy, asked = Loading(context_at(tmp_path), max_epochs=2), []

    def load(rows: Tensor, epoch: int) -> tuple[Tensor, float]:
        asked.append((epoch, len(rows)))
        return rows, 1.0

    toy.load = load
    toy.train()
    assert asked == [(0, 4), (0, 4), (0, 2), (1, 4), (1, 4), (1, 2)]


def test_an_error_while_loading_is_the_training_s(tmp_path: Path) -> None:
    def load(rows: Tensor, epoch: int) -> tuple[Tensor, float]:
        raise OSError("disk gone")

    toy = Loading(context_at(tmp_path))
    toy.load = load
    with pytest.raises(OSError, match="disk gone"):
        toy.train()


def test_an_epoch_without_end_is_an_error(tmp_path: Path) -> None:
    epochs = iter(Toy(context_at(tmp_path)).loop)
    next(epochs)
    with pytest.raises(RuntimeError, match=r"epoch 0 has no end: call `epoch.end\(metrics\)`"):
        next(epochs)


def test_an_epoch_that_ends_before_its_minibatches_is_an_error(tmp_path: Path) -> None:
    toy = Toy(context_at(tmp_path))
    toy.minibatches = lambda epoch: list(epoch)[:0] if epoch.number == 0 else []
    with pytest.raises(RuntimeError, match="epoch 1 ends before its last minibatch"):
        toy.train()


def test_patience_counts_epochs_without_improvement(tmp_path: Path) -> None:
    state = scripted([9, 5, 4, 6, 4, 1], context_at(tmp_path), max_epochs=99, patience=2)
    assert (state.ended, state.epoch, state.best_epoch) == ("patience", 4, 2)


def test_untrained_value_is_no_candidate(tmp_path: Path) -> None:
    state = scripted([0, 7, 6, 8, 9], context_at(tmp_path))
    assert (state.untrained, state.best_epoch) == ({"val_loss": 0}, 3 - 1)


def test_stop_and_keep_may_differ(tmp_path: Path) -> None:
    told = iter([{"val_loss": loss, "val_acc": acc} for loss, acc in [(9, 0), (1, 0.5), (2, 0.9), (3, 0.7)]])
    toy = Toy(context_at(tmp_path), patience=2, keep=highest("val_acc"), stop=LOW)
    toy.validate = lambda: next(told)
    state = toy.train()
    assert (state.epoch, state.best_epoch) == (3, 2)


def test_hours_end_a_training(tmp_path: Path) -> None:
    state = Toy(context_at(tmp_path), hours=0).train()
    assert (state.ended, state.epoch) == ("hours", 1)


@pytest.mark.parametrize(("enough", "ended", "epoch"), [(4, "enough", 2), (3.9, "epochs", 4)])
def test_training_ends_once_the_goal_is_reached(
    tmp_path: Path, enough: float, ended: str, epoch: int
) -> None:
    state = scripted([1, 5, 4, 6, 7], context_at(tmp_path), enough=enough)
    assert (state.ended, state.epoch) == (ended, epoch)


def test_last_epoch_is_told_beside_the_best(tmp_path: Path) -> None:
    state = scripted([9, 5, 4, 6, 7], context_at(tmp_path))
    assert (state.best["val_loss"], state.last["val_loss"]) == (4, 7)


def test_best_weights_are_put_back(tmp_path: Path) -> None:
    # Keeping the worst epoch makes it an early one.
    toy = Toy(context_at(tmp_path), max_epochs=20, keep=highest("val_loss"))
    state = toy.train()
    assert state.best_epoch < 20
    assert toy.validate()["val_loss"] == state.best["val_loss"]


@pytest.mark.parametrize("stops", [(), (9, 40)], ids=["at once", "interrupted"])
def test_last_weights_are_the_result_where_that_is_asked(tmp_path: Path, stops: tuple[int, ...]) -> None:
    given = {"max_epochs": 20, "keep": highest("val_loss"), "result": "last"}
    toy = train_through(context_at(tmp_path, *stops), **given)
    state = toy.loop.state
    assert state.best_epoch < toy.loop.result_epoch == 20
    assert toy.validate()["val_loss"] == state.last["val_loss"]


def test_nan_loss_is_an_error(tmp_path: Path) -> None:
    toy = Toy(context_at(tmp_path))
    toy.loss = lambda rows: Toy.loss(toy, rows) * math.nan
    with pytest.raises(FloatingPointError, match="loss is NaN in epoch 1"):
        toy.train()


def test_nan_metric_in_all_epochs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match="val_loss was NaN in all 4 epochs"):
        scripted([math.nan] * 5, context_at(tmp_path))


@pytest.mark.parametrize(
    ("goal", "value", "best", "better"),
    [
        (LOW, 1.0, 2.0, True),
        (LOW, 2.0, 2.0, False),
        (highest("a"), 3.0, 2.0, True),
        (LOW, math.nan, None, False),
        (LOW, math.nan, 2.0, False),
    ],
)
def test_goal(goal: Goal, value: float, best: float | None, better: bool) -> None:
    assert goal.improves(value, best) is better


@pytest.mark.parametrize(
    ("better", "value", "enough", "reached"),
    [("lower", 2, 2, True), ("lower", 3, 2, False), ("higher", 3, 2, True), ("lower", 2, None, False)],
)
def test_goal_is_reached(
    better: Literal["lower", "higher"], value: float, enough: float | None, reached: bool
) -> None:
    assert Goal("a", better).reaches(value, enough) is reached
