from collections import Counter
from itertools import combinations

import pytest

from tasks.data.reading import DatasetError
from tasks.data.stratified import three_parts


def classes(*counts: int) -> dict[str, int]:
    """Return so many names of class 0, of class 1, ..."""
    return {f"{label}_{index:03d}": label for label, count in enumerate(counts) for index in range(count)}


def cut(*counts: int, stratify: bool = True, seed: int = 0) -> dict[str, list[str]]:
    return three_parts(classes(*counts), share=0.1, stratify=stratify, seed=seed)


def found(names: list[str]) -> dict[str, int]:
    """Return how many names each class has, by its number as text."""
    return dict(sorted(Counter(name[0] for name in names).items()))


@pytest.mark.parametrize("stratify", [True, False])
def test_sizes_are_those_of_the_report(stratify: bool) -> None:
    parts = cut(170, 50, 8, stratify=stratify)
    assert [len(names) for names in parts.values()] == [184, 22, 22]


@pytest.mark.parametrize("counts", [(8, 8, 8), (170, 50, 8), (100, 1, 1), (100, 2, 3), (3, 0, 0), (1, 1, 1)])
def test_parts_are_disjoint_and_complete(counts: tuple[int, ...]) -> None:
    parts = cut(*counts)
    names = [name for chosen in parts.values() for name in chosen]
    assert sorted(names) == sorted(classes(*counts))


def test_classes_keep_their_proportions() -> None:
    assert found(cut(170, 50, 8)["test"]) == {"0": 16, "1": 5, "2": 1}


def test_a_class_of_three_is_in_every_part() -> None:
    parts = cut(100, 97, 3)
    assert [found(names)["2"] for names in parts.values()] == [1, 1, 1]


@pytest.mark.parametrize(("count", "where"), [(1, [1, 0, 0]), (2, [1, 1, 0])])
def test_a_smaller_class_is_trained_on_first(count: int, where: list[int]) -> None:
    parts = cut(100, 99, count)
    assert [found(names).get("2", 0) for names in parts.values()] == where


def test_a_part_with_fewer_places_than_classes_has_its_size() -> None:
    assert [len(names) for names in (cut(8, 8, 8)["val"], cut(8, 8, 8)["test"])] == [2, 2]


def test_by_chance_a_rare_class_may_lack_in_the_test() -> None:
    without = [
        seed for seed in range(20) if "2" not in found(cut(170, 50, 8, stratify=False, seed=seed)["test"])
    ]
    assert without


def test_same_seed_same_parts() -> None:
    assert cut(20, 10, 5) == cut(20, 10, 5)


def test_another_seed_gives_other_parts() -> None:
    tests = [set(cut(20, 10, 5, seed=seed)["test"]) for seed in range(3)]
    assert all(first != second for first, second in combinations(tests, 2))


def test_two_names_are_too_few() -> None:
    with pytest.raises(DatasetError, match=r"2 names are too few to hold out 0\.1 of them"):
        cut(1, 1)
