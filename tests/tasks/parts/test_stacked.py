from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tasks.parts import precision
from tasks.parts.context import FolderContext
from tasks.parts.lockstep import Training
from tasks.parts.params import PrecisionParams
from tasks.parts.stacked import Stack, check
from tasks.parts.training import Loop, lowest

if TYPE_CHECKING:
    from pathlib import Path

ROWS = torch.tensor([3, 1, 2])


def loss(model: nn.Module, given: Tensor, wanted: Tensor, *factors: Tensor | float) -> Tensor:
    return F.mse_loss(model(given), wanted) * sum(factors, 1.0)


def training(root: Path, model: nn.Module, *, inputs: tuple[Tensor, ...] = (), **given: Any) -> Training:
    """Return one that is begun, with plain SGD unless an optimizer is given."""
    optimizer = given.pop("optimizer", None) or torch.optim.SGD(model.parameters(), lr=0.1)
    loop = Loop(
        model=model,
        optimizer=optimizer,
        context=FolderContext(root=root, data=root),
        rows=torch.arange(6),
        batch_size=3,
        max_epochs=1,
        keep=lowest("val_loss"),
    )
    inputs = inputs or (torch.arange(12.0).view(6, 2) / 12, torch.ones(6, 1))
    return Training(loop=loop, inputs=inputs, measure=loss, validate=dict, finish=dict, **given)


def gradients_alone(one: Training, rows: Tensor) -> Tensor:
    one.loop.optimizer.zero_grad()
    one.measured(one.given(rows))["loss"].backward()
    return torch.cat([each.grad.flatten() for each in one.loop.model.parameters()])


def compared(trainings: list[Training], rows: list[Tensor]) -> None:
    """Compare the gradients of a stack with those of each by itself."""
    wanted = torch.stack([gradients_alone(*each) for each in zip(trainings, rows, strict=True)])
    torch.testing.assert_close(Stack(trainings).measure(rows)[1], wanted)


def test_gradients_of_a_stack_are_those_of_each(tmp_path: Path) -> None:
    shared = torch.randn(6, 2), torch.randn(6, 1)
    compared([training(tmp_path, nn.Linear(2, 1), inputs=shared) for _ in range(3)], [ROWS] * 3)


def test_each_may_have_rows_of_its_own(tmp_path: Path) -> None:
    shared = torch.randn(6, 2), torch.randn(6, 1)
    trainings = [training(tmp_path, nn.Linear(2, 1), inputs=shared) for _ in range(2)]
    compared(trainings, [ROWS, ROWS + 1])


def test_each_may_have_inputs_of_its_own(tmp_path: Path) -> None:
    trainings = [
        training(tmp_path, nn.Linear(2, 1), inputs=(torch.randn(6, 2), torch.randn(6, 1))) for _ in range(2)
    ]
    compared(trainings, [ROWS] * 2)
    compared(trainings, [ROWS, ROWS + 1])


def test_each_has_factors_of_its_own(tmp_path: Path) -> None:
    trainings = [training(tmp_path, nn.Linear(2, 1), factors=(factor,)) for factor in (0.0, 0.5)]
    compared(trainings, [ROWS] * 2)


def test_what_all_share_is_not_stacked(tmp_path: Path) -> None:
    shared = torch.randn(6, 2), torch.randn(6, 1)
    stack = Stack([training(tmp_path, nn.Linear(2, 1), inputs=shared) for _ in range(2)])
    inputs, dims = stack._gathered([ROWS, ROWS.clone()])
    assert ([tuple(each.shape) for each in inputs], dims) == ([(3, 2), (3, 1)], [None, None])


def test_only_the_one_that_is_asked_for_is_given_back(tmp_path: Path) -> None:
    trainings = [training(tmp_path, nn.Linear(2, 1)) for _ in range(2)]
    before = [one.loop.model.weight.detach().clone() for one in trainings]
    stack = Stack(trainings)
    stack.step(stack.measure([ROWS] * 2), size=3)
    stack.give_back(1)
    assert [torch.equal(one.loop.model.weight, old) for one, old in zip(trainings, before, strict=True)] == [
        True,
        False,
    ]


def test_sums_are_given_back_once(tmp_path: Path) -> None:
    trainings = [training(tmp_path, nn.Linear(2, 1)) for _ in range(2)]
    wanted = 3 * trainings[0].measured(trainings[0].given(ROWS))["loss"].item()
    stack = Stack(trainings)
    stack.step(stack.measure([ROWS] * 2), size=3)
    stack.give_back(0)
    stack.give_back(0)
    assert float(trainings[0].loop.state.sums["loss"]) == pytest.approx(wanted)


def test_buffers_are_refused(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with pytest.raises(ValueError, match=r"a model with buffers \(`1.running_mean`\)"):
        check(training(tmp_path, model))


def test_dropout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a model with Dropout"):
        check(training(tmp_path, nn.Sequential(nn.Linear(2, 1), nn.Dropout(0.1))))


def test_a_frozen_part_is_refused(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"it lacks `0.weight`"):
        check(training(tmp_path, model, optimizer=optimizer))


def test_models_of_several_forms_are_refused(tmp_path: Path) -> None:
    trainings = [training(tmp_path, nn.Linear(2, outputs)) for outputs in (1, 2)]
    with pytest.raises(ValueError, match="models of several forms"):
        Stack(trainings)


def test_sixteen_bits_are_those_of_each(tmp_path: Path) -> None:
    """As far as bfloat16 reaches: products of a stack are summed in another order."""
    params = PrecisionParams(amp="bf16")
    shared = torch.randn(6, 2), torch.randn(6, 1)
    nets = [precision.prepare(nn.Linear(2, 1), params) for _ in range(3)]
    several = [training(tmp_path, net, inputs=shared) for net in nets]
    wanted = torch.stack([gradients_alone(one, ROWS) for one in several])
    torch.testing.assert_close(Stack(several).measure([ROWS] * 3)[1], wanted, rtol=2e-2, atol=2e-2)


def test_scaled_gradients_are_refused(tmp_path: Path) -> None:
    one = training(tmp_path, nn.Linear(2, 1))
    one.loop.scaler = torch.amp.GradScaler("cpu")
    with pytest.raises(ValueError, match="amp: fp16"):
        check(one)


def test_a_compiled_model_is_refused(tmp_path: Path) -> None:
    net = precision.prepare(nn.Linear(2, 1), PrecisionParams(compile=True))
    with pytest.raises(ValueError, match="compile: true"):
        check(training(tmp_path, net))
