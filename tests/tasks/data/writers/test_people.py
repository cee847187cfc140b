import numpy as np

from tasks.data.drawing import Part
from tasks.data.writers.people import coloured, cut, person_names


def test_people_have_pictures_1_12_and_3() -> None:
    assert person_names(1) == [("Aaron_Abbott", 1), ("Aaron_Abbott", 12), ("Aaron_Abbott", 3)]


def test_no_picture_is_named_twice() -> None:
    assert len(set(person_names(600))) == 602


def test_names_are_cut_in_proportion_and_none_is_lost() -> None:
    assert cut(list(range(10)), (8, 1, 1)) == [[0, 1, 2, 3, 4, 5, 6, 7], [8], [9]]


def test_what_is_in_no_group_is_background() -> None:
    palette = {"background": (0, 0, 255), "hair": (255, 0, 0)}
    parts = np.array([[Part.HAIR, Part.CLOTHES]], np.uint8)

    assert coloured(parts, {"hair": (Part.HAIR,)}, palette).tolist() == [[[255, 0, 0], [0, 0, 255]]]
