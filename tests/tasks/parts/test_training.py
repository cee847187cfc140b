import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tasks.parts import checkpoint, seeding
from tasks.parts.context import FolderContext
from tasks.parts.training import Goal, Recipe, State, Training, train

LOW = Goal(metric="val_loss", better="lower")
RECIPE = Recipe(samples=10, batch_size=4, max_epochs=4, keep=LOW, stop=LOW, patience=9)


def stops_at(*steps: int) -> Callable[[], bool]:
    """Answer yes at these calls, counted over all attempts."""
    calls = iter(range(1, 10_000))
    return lambda: next(calls) in steps


def context_at(root: Path, *stops: int) -> FolderContext:
    return FolderContext(root=root, data=root, seed=3, stop=stops_at(*stops))


def make_training(recipe: Recipe = RECIPE) -> Training:
    """A tiny net with dropout, noise of all three generators, momentum and a schedule: all must resume."""
    seeding.seed_all(3)
    x, y = torch.randn(10, 5), torch.randn(10, 1)
    model = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.05, alpha=0.9, momentum=0.5)

    def loss(rows: Tensor) -> dict[str, Tensor]:
        return {"loss": F.mse_loss(model(x[rows] + 0.1 * float(np.random.rand())), y[rows])}

    return Training(
        model=model,
        optimizer=optimizer,
        loss=loss,
        validate=lambda: {"val_loss": float(F.mse_loss(model(x), y))},
        recipe=recipe,
        schedule=torch.optim.lr_scheduler.StepLR(optimizer, step_size=2),
    )


def train_through(context: FolderContext, recipe: Recipe = RECIPE) -> tuple[Training, State]:
    """Start again after each interruption; only the checkpoint folder survives, as for a new worker."""
    while True:
        training = make_training(recipe)
        try:
            return training, train(training, context)
        except InterruptedError:
            continue


def scripted(values: list[float], recipe: Recipe) -> Training:
    """A training whose validation loss is given, untrained value first."""
    told = iter(values)
    return replace(make_training(recipe), validate=lambda: {"val_loss": next(told)})


@pytest.mark.parametrize(
    "stops",
    [(1,), (2,), (3,), (4, 5), (5, 1), (2, 3, 4), (11,), (17,), tuple(range(1, 18))],
    ids=lambda stops: "-".join(map(str, stops)),
)
def test_resumed_equals_uninterrupted_bit_for_bit(tmp_path: Path, stops: tuple[int, ...]) -> None:
    whole, wanted = train_through(context_at(tmp_path / "whole"))
    parts, found = train_through(context_at(tmp_path / "parts", *stops))
    assert all(map(torch.equal, whole.model.state_dict().values(), parts.model.state_dict().values()))
    assert (found.best, found.best_epoch, found.step) == (wanted.best, wanted.best_epoch, wanted.step)
    assert context_at(tmp_path / "parts").logged() == context_at(tmp_path / "whole").logged()


def test_stopped_while_validating_resumes_bit_for_bit(tmp_path: Path) -> None:
    whole, _ = train_through(context_at(tmp_path / "whole"))
    parts = context_at(tmp_path / "parts")
    training = make_training()
    calls = iter(range(1, 10))

    def validate() -> dict[str, float]:
        if next(calls) == 3:  # the untrained network and the first epoch come before
            raise InterruptedError
        return training.validate()

    with pytest.raises(InterruptedError):
        train(replace(training, validate=validate), parts)
    resumed, _ = train_through(parts)
    assert all(map(torch.equal, whole.model.state_dict().values(), resumed.model.state_dict().values()))


def test_killed_without_warning_resumes_from_the_periodic_checkpoint(tmp_path: Path) -> None:
    every_step = replace(RECIPE, save_minutes=0)
    _, wanted = train_through(context_at(tmp_path / "whole"), every_step)
    killed = make_training(every_step)
    losses = iter(range(7))

    def dies(rows: Tensor) -> Mapping[str, Tensor]:
        if next(losses) == 6:
            raise KeyboardInterrupt
        return killed.loss(rows)

    with pytest.raises(KeyboardInterrupt):
        train(replace(killed, loss=dies), context_at(tmp_path / "parts"))
    _, found = train_through(context_at(tmp_path / "parts"), every_step)
    assert found.best == wanted.best


def test_corrupt_newest_checkpoint_still_gives_the_same_end(tmp_path: Path) -> None:
    _, wanted = train_through(context_at(tmp_path / "whole"))
    context = context_at(tmp_path / "parts", 2, 3)
    for _ in range(2):
        with pytest.raises(InterruptedError):
            train(make_training(), context)
    checkpoint.saved(context.checkpoint)[0].write_bytes(b"torn")
    _, found = train_through(context)
    assert found.best == wanted.best


def test_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    _, first = train_through(context_at(tmp_path))
    again, second = train_through(context_at(tmp_path))
    assert second.best == first.best
    assert again.validate() == {"val_loss": first.best["val_loss"]}


def test_interruption_says_where(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError, match="stopped in epoch 2 after step 5"):
        train(make_training(), context_at(tmp_path, 7))


def test_a_validation_can_be_interrupted(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError, match="within a validation"):
        train(make_training(), context_at(tmp_path, 5))
    assert len(checkpoint.saved(context_at(tmp_path).checkpoint)) == 1


def test_every_epoch_is_logged_and_step_0_is_untrained(tmp_path: Path) -> None:
    train(make_training(), context_at(tmp_path))
    logged = context_at(tmp_path).logged()
    assert [line["step"] for line in logged] == [0, 1, 2, 3, 4]
    assert "train_loss" not in logged[0]
    assert logged[2].keys() == {"step", "train_loss", "val_loss", "progress"}


def test_each_epoch_sees_every_sample_in_its_own_order(tmp_path: Path) -> None:
    training = make_training(replace(RECIPE, max_epochs=2))
    seen: list[int] = []

    def loss(rows: Tensor) -> Mapping[str, Tensor]:
        seen.extend(rows.tolist())
        return training.loss(rows)

    train(replace(training, loss=loss), context_at(tmp_path))
    first, second = seen[:10], seen[10:]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


def test_whatever_the_loss_returns_is_averaged_over_the_samples(tmp_path: Path) -> None:
    training = make_training()

    def loss(rows: Tensor) -> dict[str, Tensor]:
        return {**training.loss(rows), "row": rows.double().mean()}

    train(replace(training, loss=loss), context_at(tmp_path))
    assert [line["train_row"] for line in context_at(tmp_path).logged()[1:]] == [4.5] * 4


def loaded_ahead(stops: tuple[int, ...], root: Path) -> State:
    """Train on what `load` draws for each sample and epoch, starting again after each interruption."""
    context = context_at(root, *stops)
    while True:
        training = make_training()

        def load(rows: Tensor, epoch: int) -> tuple[Tensor, float]:
            return rows, sum(float(np.random.default_rng([epoch, row]).random()) for row in rows.tolist())

        def loss(batch: tuple[Tensor, float], training: Training = training) -> dict[str, Tensor]:
            return {"loss": training.loss(batch[0])["loss"] * batch[1]}

        try:
            return train(replace(training, loss=loss, load=load), context)
        except InterruptedError:
            continue


@pytest.mark.parametrize("stops", [(1,), (2, 3), (5,)])
def test_minibatches_loaded_ahead_resume_bit_for_bit(tmp_path: Path, stops: tuple[int, ...]) -> None:
    assert loaded_ahead(stops, tmp_path / "parts").best == loaded_ahead((), tmp_path / "whole").best


def test_minibatches_loaded_ahead_are_those_of_the_epoch(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []
    training = make_training(replace(RECIPE, max_epochs=2))

    def load(rows: Tensor, epoch: int) -> Tensor:
        asked.append((epoch, len(rows)))
        return rows

    train(replace(training, load=load), context_at(tmp_path))
    assert asked == [(0, 4), (0, 4), (0, 2), (1, 4), (1, 4), (1, 2)]


def test_an_error_while_loading_is_the_training_s(tmp_path: Path) -> None:
    def load(rows: Tensor, epoch: int) -> Tensor:
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        train(replace(make_training(), load=load), context_at(tmp_path))


@pytest.mark.parametrize(("each", "steps"), [("epoch", 4), ("step", 12)])
def test_schedule_is_stepped_once_per(tmp_path: Path, each: Literal["epoch", "step"], steps: int) -> None:
    training = replace(make_training(), schedule_each=each)
    train(training, context_at(tmp_path))
    assert training.schedule is not None
    assert training.schedule.last_epoch == steps


def test_patience_counts_epochs_without_improvement(tmp_path: Path) -> None:
    recipe = replace(RECIPE, max_epochs=99, patience=2)
    state = train(scripted([9, 5, 4, 6, 4, 1], recipe), context_at(tmp_path))
    assert (state.ended, state.epoch, state.best_epoch) == ("patience", 4, 2)


def test_untrained_value_is_no_candidate(tmp_path: Path) -> None:
    state = train(scripted([0, 7, 6, 8, 9], RECIPE), context_at(tmp_path))
    assert (state.untrained, state.best_epoch) == ({"val_loss": 0}, 3 - 1)


def test_stop_and_keep_may_differ(tmp_path: Path) -> None:
    told = iter([{"val_loss": loss, "val_acc": acc} for loss, acc in [(9, 0), (1, 0.5), (2, 0.9), (3, 0.7)]])
    recipe = replace(RECIPE, patience=2, keep=Goal(metric="val_acc", better="higher"))
    state = train(replace(make_training(recipe), validate=lambda: next(told)), context_at(tmp_path))
    assert (state.epoch, state.best_epoch) == (3, 2)


def test_hours_end_a_training(tmp_path: Path) -> None:
    state = train(make_training(replace(RECIPE, hours=0)), context_at(tmp_path))
    assert (state.ended, state.epoch) == ("hours", 1)


@pytest.mark.parametrize(("enough", "ended", "epoch"), [(4, "enough", 2), (3.9, "epochs", 4)])
def test_training_ends_once_the_goal_is_reached(
    tmp_path: Path, enough: float, ended: str, epoch: int
) -> None:
    state = train(scripted([1, 5, 4, 6, 7], replace(RECIPE, enough=enough)), context_at(tmp_path))
    assert (state.ended, state.epoch) == (ended, epoch)


def test_last_epoch_is_told_beside_the_best(tmp_path: Path) -> None:
    state = train(scripted([9, 5, 4, 6, 7], RECIPE), context_at(tmp_path))
    assert (state.best["val_loss"], state.last["val_loss"]) == (4, 7)


def test_best_weights_are_put_back(tmp_path: Path) -> None:
    # Keeping the worst epoch makes it an early one.
    training = make_training(replace(RECIPE, max_epochs=20, keep=Goal(metric="val_loss", better="higher")))
    state = train(training, context_at(tmp_path))
    assert state.best_epoch < 20
    assert training.validate()["val_loss"] == state.best["val_loss"]


def test_nan_loss_is_an_error(tmp_path: Path) -> None:
    training = make_training()
    broken = replace(training, loss=lambda rows: {"loss": training.loss(rows)["loss"] * math.nan})
    with pytest.raises(FloatingPointError, match="loss is NaN in epoch 1"):
        train(broken, context_at(tmp_path))


def test_nan_metric_in_all_epochs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match="val_loss was NaN in all 4 epochs"):
        train(scripted([math.nan] * 5, RECIPE), context_at(tmp_path))


@pytest.mark.parametrize(
    ("goal", "value", "best", "better"),
    [
        (LOW, 1.0, 2.0, True),
        (LOW, 2.0, 2.0, False),
        (Goal(metric="a", better="higher"), 3.0, 2.0, True),
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
    assert Goal(metric="a", better=better).reaches(value, enough) is reached
