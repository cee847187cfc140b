from dataclasses import replace

import numpy as np
import pytest

from tasks.data.looks import HAIRS, Look, facts, sample_look


def look(seed: int = 0) -> Look:
    return sample_look(np.random.default_rng(seed))


LOOKS = [look(seed) for seed in range(1000)]


def test_same_seed_same_look() -> None:
    assert look(3) == LOOKS[3] != LOOKS[4]


@pytest.mark.parametrize("feature", ["moustache", "beard", "necktie"])
def test_some_things_only_men_have(feature: str) -> None:
    assert {look.male for look in LOOKS if getattr(look, feature)} == {True}


def test_long_hair_is_mostly_but_not_only_female() -> None:
    assert 0 < np.mean([look.male for look in LOOKS if look.style == "long"]) < 0.2


def test_what_a_dataset_needs_is_fixed() -> None:
    fixed = [sample_look(np.random.default_rng(seed), glasses="dark", cap=True) for seed in range(50)]

    assert {(look.glasses, look.cap is None) for look in fixed} == {("dark", False)}


def test_facts_follow_the_look() -> None:
    shown = facts(replace(look(), male=False, young=False, glasses="dark"))

    assert (shown["Male"], shown["Young"], shown["Eyeglasses"]) == (False, False, True)


def test_a_bald_head_has_no_hair_of_any_colour() -> None:
    shown = facts(replace(look(), style="bald"))

    assert [shown[colour] for colour in HAIRS] == [False] * len(HAIRS)


def test_a_cap_hides_the_bangs() -> None:
    shown = [facts(replace(look(), bangs=True, cap=cap))["Bangs"] for cap in (None, (190, 30, 40))]

    assert shown == [True, False]
