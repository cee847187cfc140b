from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from tasks.parts import attribute_scores, product_classes

CLASSES = product_classes.make(["Male", "Wearing_Lipstick"])  # 00, 01, 10


def answers(*classes: int) -> torch.Tensor:
    """Return logits that are sure of these classes."""
    return 20.0 * F.one_hot(torch.tensor(classes), len(CLASSES)).float()


def test_each_attribute_and_all_of_them_are_counted() -> None:
    labels = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 0]])
    found = attribute_scores.score(CLASSES, answers(0, 1, 0, 1), labels, "test")

    assert (found["test_acc_male"], found["test_acc_wearing_lipstick"], found["test_acc"]) == (0.5, 0.75, 0.5)


def test_independent_attributes_would_multiply() -> None:
    labels = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 0]])
    found = attribute_scores.score(CLASSES, answers(0, 1, 0, 1), labels, "val")

    assert found["val_acc_if_independent"] == pytest.approx(0.375)


def test_combination_without_a_class_counts_as_wrong_but_not_in_the_loss() -> None:
    labels = torch.tensor([[0, 0], [1, 1]])
    found = attribute_scores.score(CLASSES, answers(0, 2), labels, "test")

    assert (found["test_acc"], found["test_acc_male"]) == (0.5, 1.0)
    assert found["test_loss"] == pytest.approx(0, abs=1e-6)


def test_chance_is_the_most_frequent_combination() -> None:
    labels = torch.tensor([[0, 0], [0, 1], [0, 1], [1, 0]])

    assert attribute_scores.chance(CLASSES, labels) == {
        "chance_acc": 0.5,
        "chance_acc_male": 0.75,
        "chance_acc_wearing_lipstick": 0.5,
    }
