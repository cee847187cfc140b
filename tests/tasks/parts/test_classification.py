import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tasks.parts import classification

CLASSES = ("hair", "spects", "cap")


def listing() -> tuple[Tensor, Tensor]:
    """Answers and labels behind the printed report: 15 of 17 hair and 3 of 5 spects, and no cap."""
    labels = torch.tensor([0] * 17 + [1] * 5)
    predicted = torch.tensor([0] * 15 + [1] * 2 + [1] * 3 + [0] * 2)
    return predicted, labels


@pytest.fixture(scope="module")
def printed() -> dict[str, float]:
    return classification.report(*listing(), CLASSES)


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("hair", (0.88, 0.88, 0.88, 17)),
        ("spects", (0.60, 0.60, 0.60, 5)),
        ("micro", (0.82, 0.82, 0.82, 22)),
        ("macro", (0.49, 0.49, 0.49, 22)),
        ("weighted", (0.82, 0.82, 0.82, 22)),
    ],
)
def test_lines_are_those_of_the_listing(
    printed: dict[str, float], line: str, values: tuple[float, ...]
) -> None:
    assert [round(printed[f"{line}_{measure}"], 2) for measure in (*classification.MEASURES, "support")] == [
        *values
    ]


def test_absent_class_has_no_zeros(printed: dict[str, float]) -> None:
    assert {name for name in printed if name.startswith("cap")} == {"cap_support"}


def test_absent_and_unanswered_classes_are_counted(printed: dict[str, float]) -> None:
    assert (printed["absent_classes"], printed["unanswered_classes"]) == (1, 1)


def test_macro_of_the_classes_that_occur(printed: dict[str, float]) -> None:
    assert printed["macro_present_recall"] == pytest.approx((15 / 17 + 3 / 5) / 2)


def test_a_wrong_answer_of_an_absent_class_has_a_precision_of_zero() -> None:
    found = classification.report(torch.tensor([2, 0]), torch.tensor([0, 0]), CLASSES)
    assert (found["cap_precision"], found["cap_f1"], "cap_recall" in found) == (0, 0, False)


def test_a_class_that_is_never_answered_has_no_precision() -> None:
    found = classification.report(torch.tensor([0, 0]), torch.tensor([0, 1]), CLASSES)
    assert (found["spects_recall"], found["spects_f1"], "spects_precision" in found) == (0, 0, False)


def test_weighted_recall_is_the_accuracy() -> None:
    predicted = torch.tensor([0, 1, 2, 1, 0, 2])
    found = classification.report(predicted, torch.tensor([0, 1, 1, 1, 2, 2]), CLASSES)
    assert found["weighted_recall"] == pytest.approx(4 / 6)


def test_precision_and_recall_are_not_swapped() -> None:
    found = classification.report(torch.tensor([0, 0, 0, 1]), torch.tensor([0, 0, 1, 1]), CLASSES[:2])
    assert (found["hair_precision"], found["hair_recall"]) == (pytest.approx(2 / 3), 1)


def test_score_of_even_logits() -> None:
    found = classification.score(torch.zeros(2, 3), torch.tensor([0, 1]))
    assert found == {"loss": pytest.approx(math.log(3)), "acc": 0.5}


def test_the_confusion_has_a_line_for_each_truth(tmp_path: Path) -> None:
    classification.write_confusion(tmp_path / "confusion.csv", *listing(), CLASSES)

    assert (tmp_path / "confusion.csv").read_text().splitlines() == [
        "truth,hair,spects,cap",
        "hair,15,2,0",
        "spects,2,3,0",
        "cap,0,0,0",
    ]
