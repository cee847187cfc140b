from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from tasks.data.reading import DatasetError
from tasks.data.split import choose, choose_evenly, k_fold, random_split, split_parts, three_parts


def names(count: int) -> list[str]:
    return [f"face_{index:05d}" for index in range(count)]


@pytest.mark.parametrize(
    ("count", "sizes"), [(2927, (2634, 293)), (2330, (2097, 233)), (12000, (10800, 1200))]
)
def test_sizes_are_those_of_the_thesis(count: int, sizes: tuple[int, int]) -> None:
    train, val = random_split(names(count), seed=0)

    assert (len(train), len(val)) == sizes


def test_split_loses_and_repeats_nothing() -> None:
    train, val = random_split(names(101), seed=3)

    assert sorted(train + val) == names(101)


def test_order_of_the_names_does_not_matter() -> None:
    assert random_split(names(50)[::-1], seed=1) == random_split(names(50), seed=1)


def test_another_seed_splits_otherwise() -> None:
    assert random_split(names(50), seed=1) != random_split(names(50), seed=2)


def test_split_of_seed_0_stays_what_it_was() -> None:
    assert random_split(names(10), seed=0)[1] == ["face_00001"]


def test_split_is_not_the_sorted_order() -> None:
    train, _ = random_split(names(100), seed=0)

    assert train != sorted(train)


def test_smaller_choice_begins_a_larger_one() -> None:
    assert choose(names(100), 30, seed=5)[:10] == choose(names(100), 10, seed=5)


def test_asking_for_too_many_says_how_many_there_are() -> None:
    with pytest.raises(DatasetError, match="asked for 12000 samples, found 240"):
        choose(names(240), 12000, seed=0)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1])
def test_fraction_must_leave_both_sides(fraction: float) -> None:
    with pytest.raises(DatasetError, match="between 0 and 1"):
        random_split(names(10), seed=0, fraction=fraction)


def test_too_few_names_cannot_be_split() -> None:
    with pytest.raises(DatasetError, match="3 names are too few"):
        random_split(names(3), seed=0)


def test_repeated_names_would_leak_and_are_refused() -> None:
    with pytest.raises(DatasetError, match="1 names appear twice"):
        random_split(["a", "b", "a"], seed=0)


def test_every_name_is_inside_one_fold() -> None:
    inside = [name for fold in range(10) for name in k_fold(names(103), fold=fold, folds=10, seed=0)[1]]

    assert sorted(inside) == names(103)


def test_a_fold_is_apart_from_what_it_is_trained_on() -> None:
    train, val = k_fold(names(103), fold=4, folds=10, seed=0)

    assert sorted(train + val) == names(103)


def test_folds_differ_by_one_name_at_most() -> None:
    sizes = [len(k_fold(names(103), fold=fold, folds=10, seed=0)[1]) for fold in range(10)]

    assert set(sizes) == {10, 11}


def test_folds_are_a_function_of_the_seed() -> None:
    assert k_fold(names(40), fold=0, folds=4, seed=1) != k_fold(names(40), fold=0, folds=4, seed=2)
    assert k_fold(names(40)[::-1], fold=0, folds=4, seed=1) == k_fold(names(40), fold=0, folds=4, seed=1)


@pytest.mark.parametrize(("fold", "folds", "message"), [(10, 10, "no fold 10 of 10"), (0, 6, "into 6 folds")])
def test_a_fold_that_cannot_be_is_refused(fold: int, folds: int, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        k_fold(names(5 if folds == 6 else 20), fold=fold, folds=folds, seed=0)


SHARES = {"train": 0.85, "val": 0.1, "test": 0.05}


def test_parts_of_aflw_have_the_sizes_of_the_thesis() -> None:
    parts = split_parts([str(number) for number in range(24_384)], SHARES, seed=0)

    assert [len(names) for names in parts.values()] == [20_726, 2_438, 1_220]


def test_parts_are_disjoint_and_whole() -> None:
    names = [str(number) for number in range(60)]
    parts = split_parts(names, SHARES, seed=3)

    assert sorted(name for part in parts.values() for name in part) == sorted(names)


def test_no_group_is_in_two_parts() -> None:
    names = [str(number) for number in range(90)]
    group_of = {name: int(name) // 3 for name in names}
    parts = split_parts(names, SHARES, seed=1, group_of=group_of)
    found = [{group_of[name] for name in part} for part in parts.values()]

    assert sum(map(len, found)) == 30


def test_groups_that_leave_a_part_empty_are_refused() -> None:
    with pytest.raises(DatasetError, match="10 names in 1 groups leave nothing for `val`"):
        split_parts(
            [str(number) for number in range(10)], SHARES, seed=0, group_of=dict.fromkeys("0123456789", 0)
        )


def classes(*counts: int) -> dict[str, int]:
    """Return so many names of class 0, of class 1, ..."""
    return {f"{label}_{index:03d}": label for label, count in enumerate(counts) for index in range(count)}


def stratified(*counts: int, stratify: bool = True, seed: int = 0) -> dict[str, list[str]]:
    return three_parts(classes(*counts), share=0.1, stratify=stratify, seed=seed)


def found(names: list[str]) -> dict[str, int]:
    """Return how many names each class has, by its number as text."""
    return dict(sorted(Counter(name[0] for name in names).items()))


@pytest.mark.parametrize("stratify", [True, False])
def test_sizes_of_three_parts_are_those_of_the_report(stratify: bool) -> None:
    parts = stratified(170, 50, 8, stratify=stratify)
    assert [len(names) for names in parts.values()] == [184, 22, 22]


@pytest.mark.parametrize("counts", [(8, 8, 8), (170, 50, 8), (100, 1, 1), (100, 2, 3), (3, 0, 0), (1, 1, 1)])
def test_parts_are_disjoint_and_complete(counts: tuple[int, ...]) -> None:
    parts = stratified(*counts)
    names = [name for chosen in parts.values() for name in chosen]
    assert sorted(names) == sorted(classes(*counts))


def test_classes_keep_their_proportions() -> None:
    assert found(stratified(170, 50, 8)["test"]) == {"0": 16, "1": 5, "2": 1}


def test_a_class_of_three_is_in_every_part() -> None:
    parts = stratified(100, 97, 3)
    assert [found(names)["2"] for names in parts.values()] == [1, 1, 1]


@pytest.mark.parametrize(("count", "where"), [(1, [1, 0, 0]), (2, [1, 1, 0])])
def test_a_smaller_class_is_trained_on_first(count: int, where: list[int]) -> None:
    parts = stratified(100, 99, count)
    assert [found(names).get("2", 0) for names in parts.values()] == where


def test_a_part_with_fewer_places_than_classes_has_its_size() -> None:
    assert [len(names) for names in (stratified(8, 8, 8)["val"], stratified(8, 8, 8)["test"])] == [2, 2]


def test_by_chance_a_rare_class_may_lack_in_the_test() -> None:
    without = [
        seed
        for seed in range(20)
        if "2" not in found(stratified(170, 50, 8, stratify=False, seed=seed)["test"])
    ]
    assert without


def test_same_seed_same_parts() -> None:
    assert stratified(20, 10, 5) == stratified(20, 10, 5)


def test_another_seed_gives_other_parts() -> None:
    tests = [set(stratified(20, 10, 5, seed=seed)["test"]) for seed in range(3)]
    assert all(first != second for first, second in combinations(tests, 2))


def test_two_names_are_too_few() -> None:
    with pytest.raises(DatasetError, match=r"2 names are too few to hold out 0\.1 of them"):
        stratified(1, 1)


def test_an_even_choice_has_as_many_of_each_class() -> None:
    chosen = choose_evenly(classes(100, 20, 12), 30, seed=0)

    assert list(found(chosen).values()) == [10, 10, 10]
    assert len(set(chosen)) == 30


def test_what_does_not_divide_goes_to_the_first_classes() -> None:
    assert list(found(choose_evenly(classes(9, 9, 9), 8, seed=0)).values()) == [3, 3, 2]


def test_an_even_choice_of_too_many_says_how_many_there_can_be() -> None:
    with pytest.raises(DatasetError, match=r"asked for 10 .* found 5\nhint: ask for 10 in all"):
        choose_evenly(classes(50, 5), 20, seed=0)
