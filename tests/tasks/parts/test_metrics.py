import pytest
import torch

from tasks.parts import metrics
from tasks.parts.metrics import Overlap, TwoClassOverlap

# Two images of four pixels: IoU 1/3 and 1.
MASKS = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1]], dtype=torch.bool)
PREDICTED = torch.tensor([[1, 0, 1, 0], [1, 1, 1, 1]], dtype=torch.bool)
NOTHING = torch.zeros(1, 4, dtype=torch.bool)


def overlap_of(probabilities: torch.Tensor, masks: torch.Tensor) -> dict[str, float]:
    overlap = Overlap()
    overlap.add(probabilities, masks)
    return overlap.metrics()


def test_accuracy_counts_the_largest_logit() -> None:
    assert metrics.accuracy(torch.tensor([[0.0, 1.0], [2.0, 1.0]]), torch.tensor([1, 1])) == 0.5


def test_majority_share() -> None:
    assert metrics.majority_share(torch.tensor([0, 1, 1, 1])) == 0.75


def test_hard_iou_of_each_image() -> None:
    assert metrics.hard_iou(PREDICTED, MASKS).tolist() == pytest.approx([1 / 3, 1])


def test_soft_iou_of_sure_predictions_is_the_hard_one() -> None:
    assert torch.equal(metrics.soft_iou(PREDICTED.float(), MASKS), metrics.hard_iou(PREDICTED, MASKS))


def test_soft_iou_of_halves() -> None:
    # intersection 0.5 * 2, union 4 * 0.5 + 2 - 1
    assert float(metrics.soft_iou(torch.full((1, 4), 0.5), MASKS[:1])) == pytest.approx(1 / 3)


def test_empty_union_counts_as_one() -> None:
    assert overlap_of(NOTHING.float(), NOTHING) == {"val_iou": 1, "val_iou_pooled": 1, "val_iou_soft": 1}


def test_empty_mask_with_a_prediction_counts_as_zero() -> None:
    assert float(metrics.hard_iou(~NOTHING, NOTHING)) == 0


def test_primary_iou_is_the_mean_over_images() -> None:
    assert overlap_of(PREDICTED.float(), MASKS)["val_iou"] == pytest.approx(2 / 3)


def test_pooled_iou_is_over_pixels() -> None:
    assert overlap_of(PREDICTED.float(), MASKS)["val_iou_pooled"] == pytest.approx(5 / 7)


def test_batches_do_not_matter() -> None:
    probabilities, masks = torch.rand(7, 1, 8, 8), torch.rand(7, 1, 8, 8) > 0.5
    split = Overlap()
    for part in (slice(0, 3), slice(3, 7)):
        split.add(probabilities[part], masks[part])
    assert split.metrics() == overlap_of(probabilities, masks)


@pytest.mark.parametrize(("k", "found"), [(1, [False, True]), (2, [True, True]), (5, [True, True])])
def test_label_is_among_the_k_largest(k: int, found: list[bool]) -> None:
    logits = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
    assert metrics.in_top_k(logits, torch.tensor([1, 0]), k).tolist() == found


def test_iou_of_background_and_mask_of_each_image() -> None:
    found = metrics.two_class_iou(PREDICTED.unsqueeze(1), MASKS.unsqueeze(1))
    assert found.tolist() == [pytest.approx([1 / 3, 1 / 3]), pytest.approx([0, 1])]


def test_miou_is_the_mean_of_the_batches_not_of_the_images() -> None:
    overlap = TwoClassOverlap()
    overlap.add(PREDICTED[:1].unsqueeze(1), MASKS[:1].unsqueeze(1))
    overlap.add(PREDICTED.unsqueeze(1), MASKS.unsqueeze(1))
    assert overlap.metrics()["miou"] == pytest.approx((1 / 3 + (1 / 3 + 1 / 2) / 2) / 2)


def test_pooled_miou_is_over_all_pixels() -> None:
    overlap = TwoClassOverlap()
    overlap.add(PREDICTED.unsqueeze(1), MASKS.unsqueeze(1))
    # background: 1 of 3 pixels; mask: 5 of 7
    assert overlap.metrics()["miou_pooled"] == pytest.approx((1 / 3 + 5 / 7) / 2)
