import pytest

from orchestrator.verbs.cut import cut_all


def test_what_fits_is_left_as_it_is() -> None:
    assert cut_all(["gender", "segment"], 8) == ["gender", "segment"]


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    assert cut_all(["encoder=vgg16 dataset=lfw"], 16) == ["encode…taset=lfw"]


def test_of_a_name_with_a_dot_the_last_part_stays_whole() -> None:
    assert cut_all(["face_segmentation.segment", "face_segmentation.mean_mask"], 18) == [
        "face_segm….segment",
        "face_se….mean_mask",
    ]


NAMES = [f"{'a' * left}{number}{'b' * (30 - left)}" for number in range(3) for left in (0, 5, 15, 25, 30)]


@pytest.mark.parametrize("width", [6, 10, 16, 24])
def test_names_that_are_cut_stay_different_and_fit(width: int) -> None:
    cut = cut_all(NAMES, width)

    assert len(set(cut)) == len(NAMES)
    assert max(map(len, cut)) <= width


def test_equal_names_stay_equal() -> None:
    assert len(set(cut_all(["x" * 30, "x" * 30], 10))) == 1
