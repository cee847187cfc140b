from dataclasses import replace
from typing import Any

from orchestrator.report.methods.counts import data_counts, other_counts
from orchestrator.report.selection import Observation
from tests.observations import gather, observe


def needing(one: Observation, metrics: dict[str, float], stage: str = "train", **axes: Any) -> Observation:
    found = observe(metrics, stage, **axes)
    return replace(found, trial=found.trial.model_copy(update={"needs": {"data": one.trial.id}}))


DATA = observe({"images": 460, "dropped": 2, "synthetic": 1, "timing_s": 1.5}, "prepare")
SEEDS = [needing(DATA, {"loss": 0.5, "train_images": 300, "best_epoch": 7}, seed=seed) for seed in (0, 1)]


def test_what_is_needed_and_gives_whole_numbers_alone_is_data() -> None:
    assert data_counts(gather(DATA, *SEEDS), {"synthetic"}).items == (("`prepare`", "images 460, dropped 2"),)


def test_what_nobody_needs_is_no_data() -> None:
    assert data_counts(gather(DATA)).empty


def test_counts_that_are_those_of_a_need_are_not_told_again() -> None:
    features = needing(DATA, {"images": 460, "feature_bytes": 512}, "encode")
    last = needing(features, {"loss": 0.5}, "head")

    assert data_counts(gather(DATA, features, last)).items[1] == ("`encode`", "feature bytes 512")


def test_counts_that_differ_are_told_by_the_axis_that_decides() -> None:
    sets = [observe({"images": n}, "prepare", dataset=name, size=1) for name, n in (("lfw", 5), ("helen", 6))]
    uses = [needing(one, {"loss": 0.5}, size=n) for n, one in enumerate(sets)]

    assert data_counts(gather(*sets, *uses)).items == (
        ("`prepare`, dataset lfw", "images 5"),
        ("`prepare`, dataset helen", "images 6"),
    )


def test_points_are_told_where_no_axis_decides() -> None:
    sets = [observe({"n": a ^ b}, "prepare", a=a, b=b) for a in (0, 1) for b in (0, 1)]
    uses = [needing(one, {"loss": 0.5}, n=n) for n, one in enumerate(sets)]

    assert data_counts(gather(*sets, *uses)).items[0][0] == "`prepare`, a=0 b=0 seed=0; a=1 b=1 seed=0"


def test_whole_numbers_that_all_seeds_agree_in_are_counts_of_a_training() -> None:
    counts = other_counts(gather(DATA, *SEEDS), networks=False)

    assert counts.items == (("`train`", "train images 300"),)


def test_a_whole_number_that_seeds_differ_in_is_no_count() -> None:
    seen = [observe({"wins": wins, "loss": 0.5}, seed=wins) for wins in (3, 4)]

    assert other_counts(gather(*seen), networks=False).empty


def test_sizes_of_splits_are_counts_with_one_seed_too() -> None:
    one = observe({"train_images": 300, "val_images": 30, "rank": 5, "loss": 0.5}, "train")

    assert other_counts(gather(one), networks=False).items == (
        ("`train`", "train images 300, val images 30"),
    )


def test_sizes_of_networks_are_told_for_themselves() -> None:
    one = observe({"parameters_conv": 7079424, "loss": 0.5}, "train")

    assert other_counts(gather(one), networks=True).items == (("`train`", "parameters conv 7,079,424"),)
