import math

import pytest
import torch

from tasks.parts import losses


def test_pixel_bce_of_no_idea_is_log_two() -> None:
    loss = losses.pixel_bce(torch.zeros(2, 1, 3, 3), torch.ones(2, 1, 3, 3, dtype=torch.bool))
    assert float(loss) == pytest.approx(math.log(2))


def test_pixel_bce_follows_the_printed_formula() -> None:
    p, y = torch.tensor([[0.9, 0.2]]), torch.tensor([[True, False]])
    printed = -(math.log(0.9) + math.log(0.8)) / 2
    assert float(losses.pixel_bce(p.logit(), y)) == pytest.approx(printed, rel=1e-5)


def test_class_cross_entropy_of_two_classes_is_the_same_formula() -> None:
    loss = losses.class_cross_entropy(torch.tensor([[0.0, math.log(3)]]), torch.tensor([1]))
    assert float(loss) == pytest.approx(-math.log(0.75))


def test_l2_penalty_is_that_of_keras() -> None:
    assert float(losses.l2_penalty(torch.tensor([3.0, 4.0]), 0.01)) == pytest.approx(0.25)


def test_l2_penalty_pulls_with_twice_the_factor() -> None:
    weight = torch.tensor([3.0], requires_grad=True)
    losses.l2_penalty(weight, 0.01).backward()  # type: ignore[no-untyped-call]  # torch does not say its types
    assert weight.grad is not None
    assert float(weight.grad) == pytest.approx(2 * 0.01 * 3)


def test_dice_loss_of_a_sure_and_right_answer_is_zero() -> None:
    masks = torch.tensor([[[True, False], [True, True]]])
    logits = torch.stack([~masks, masks], dim=1).float() * 100
    assert float(losses.dice_loss(logits, masks)) == pytest.approx(0, abs=1e-6)


def test_dice_loss_of_no_idea_follows_the_formula() -> None:
    # half of each of 4 pixels: background 1 of 4, mask 3 of 4
    masks = torch.tensor([[[True, False], [True, True]]])
    background, mask = 1 - (2 * 0.5 + 1) / (2 + 1 + 1), 1 - (2 * 1.5 + 1) / (2 + 3 + 1)
    loss = losses.dice_loss(torch.zeros(1, 2, 2, 2), masks)
    assert float(loss) == pytest.approx((background + mask) / 2)
