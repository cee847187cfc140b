import pytest

from tasks.predict.names import judged_by, tell_apart


def test_names_are_made_of_what_differs() -> None:
    traits = [{"stage": "s", "net": net, "seed": 0} for net in ("vgg16", "vgg19")]
    assert tell_apart(traits) == ["s net=vgg16", "s net=vgg19"]


def test_what_follows_from_another_difference_is_not_said() -> None:
    traits: list[dict[str, object]] = [
        {"task": "t", "net": "a", "lr": 0.1},
        {"task": "t", "net": "b", "lr": 0.2},
    ]
    assert tell_apart(traits) == ["t net=a", "t net=b"]


def test_traits_that_only_some_have_are_left_out_of_the_others() -> None:
    traits: list[dict[str, object]] = [
        {"stage": "a", "net": None},
        {"stage": "b", "net": "x"},
        {"stage": "b", "net": "y"},
    ]
    assert tell_apart(traits) == ["a", "b net=x", "b net=y"]


def test_truth_and_lists_are_written_as_in_a_study() -> None:
    traits: list[dict[str, object]] = [
        {"task": "t", "hair": True, "of": ["a", "b"]},
        {"task": "t", "hair": False, "of": ["a"]},
    ]
    assert tell_apart(traits) == ["t hair=true", "t hair=false"]
    assert tell_apart([{"task": "t", "of": ["a", "b"]}, {"task": "t", "of": []}])[0] == "t of=a,b"


@pytest.mark.parametrize(
    ("metrics", "shown"),
    [
        (
            {"val_loss": 1.0, "chance_acc": 2.0, "val_acc": 3.0, "test_acc": 4.0},
            ["test_acc", "val_acc", "val_loss"],
        ),
        ({"test_hat_recall": 1.0, "epochs": 2.0, "val_iou": 3.0}, ["val_iou"]),
        ({"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}, ["a", "b", "c"]),
    ],
)
def test_metrics_of_the_test_come_first_and_losses_last(metrics: dict[str, float], shown: list[str]) -> None:
    assert list(judged_by(metrics)) == shown
