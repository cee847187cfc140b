from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.doctor.check_site import (
    check_account,
    check_accounting,
    check_answers,
    check_array,
    check_gres,
    check_memory,
    check_partition,
    check_preemption,
    check_site,
    check_time,
    check_workers,
    discovered,
)
from orchestrator.doctor.examination import Finding, Mark, proposed
from orchestrator.doctor.site import Allowance
from orchestrator.doctor.site import Site as Value
from orchestrator.places.profile import Profile
from tests.doctor.sites import SETTINGS, association, node, partition, site

FITTING = Profile(
    name="p", partition="gpu", gres="gpu:k40", max_time="20h", max_array_size=1001, max_memory="50GB"
)
Check = Callable[[Value, Profile], Finding]


def on_gpu(check: Callable[..., Finding]) -> Check:
    return lambda value, profile: check(value, partition(), profile)


@pytest.mark.parametrize(
    ("check", "changes", "mark", "should"),
    [
        (check_partition, {}, Mark.OK, None),
        (check_partition, {"partition": "gpuu"}, Mark.WRONG, "gpu"),
        (on_gpu(check_time), {}, Mark.OK, None),
        (on_gpu(check_time), {"max_time": 3600}, Mark.OK, None),
        (on_gpu(check_time), {"max_time": None}, Mark.NOTE, 72000),
        (on_gpu(check_time), {"max_time": 72001}, Mark.WRONG, 72000),
        (check_array, {}, Mark.OK, None),
        (check_array, {"max_array_size": 1002}, Mark.WRONG, 1001),
        (on_gpu(check_memory), {"max_memory": None}, Mark.NOTE, 64000),
        (on_gpu(check_memory), {"max_memory": 64001}, Mark.WRONG, 64000),
        (on_gpu(check_gres), {}, Mark.OK, None),
        (on_gpu(check_gres), {"gres": "gpu"}, Mark.OK, None),
        (on_gpu(check_gres), {"gres": "gpu:k4"}, Mark.WRONG, "gpu:k40"),
        (on_gpu(check_account), {}, Mark.OK, None),
        (on_gpu(check_account), {"account": "faces"}, Mark.OK, None),
        (on_gpu(check_account), {"account": "face"}, Mark.WRONG, "faces"),
        (check_answers, {"patience": 9}, Mark.NOTE, 10),
    ],
)
def test_a_profile_against_the_site(check: Check, changes: dict[str, Any], mark: Mark, should: Any) -> None:
    finding = check(site(), FITTING.model_copy(update=changes))

    assert (finding.mark, finding.should) == (mark, should)


@pytest.mark.parametrize(
    ("check", "changes", "mark"),
    [
        (check_partition, {"partitions": (partition(state="DOWN"),)}, Mark.WRONG),
        (check_partition, {"nodes": (node(state="drained"),)}, Mark.WRONG),
        (check_partition, {"partitions": None}, Mark.UNKNOWN),
        (check_array, {"settings": {}}, Mark.UNKNOWN),
        (on_gpu(check_gres), {"nodes": None}, Mark.UNKNOWN),
        (on_gpu(check_gres), {"nodes": (node(gres={}),)}, Mark.NOTE),
        (on_gpu(check_account), {"associations": ()}, Mark.WRONG),
        (on_gpu(check_account), {"associations": (), "settings": {}}, Mark.OK),
        (on_gpu(check_account), {"associations": None}, Mark.UNKNOWN),
        (on_gpu(check_workers), {"qos": None}, Mark.UNKNOWN),
        (on_gpu(check_workers), {"qos": (Allowance(source="QOS normal", jobs=4),)}, Mark.NOTE),
        (lambda value, _: check_accounting(value), {"sacct": False}, Mark.NOTE),
    ],
)
def test_what_a_site_may_say(check: Check, changes: dict[str, Any], mark: Mark) -> None:
    assert check(site(**changes), FITTING).mark is mark


@pytest.mark.parametrize(
    ("submit", "mark", "should"), [(80, Mark.OK, None), (79, Mark.NOTE, 39), (40, Mark.WRONG, 20)]
)
def test_each_submission_of_workers_needs_room_for_its_sentinel(
    submit: int, mark: Mark, should: int | None
) -> None:
    limited = site(qos=(Allowance(source="QOS normal", submit=submit),))
    finding = check_workers(limited, partition(), FITTING)

    assert (finding.mark, finding.should) == (mark, should)


def test_the_wall_limit_of_a_qos_counts_where_it_is_shorter() -> None:
    limited = site(qos=(Allowance(source="QOS normal", time=3600),))

    assert check_time(limited, partition(), FITTING).should == 3600


def test_an_account_that_the_partition_does_not_admit_is_replaced_by_one_that_it_does() -> None:
    two = site(associations=(association(), association("guests")))
    finding = check_account(two, partition(accounts=("guests",)), FITTING)

    assert (finding.mark, finding.should) == (Mark.WRONG, "guests")


@pytest.mark.parametrize(
    ("settings", "others", "mark"),
    [
        (SETTINGS, (), Mark.OK),
        (SETTINGS, (partition("urgent", tier=2),), Mark.NOTE),
        (SETTINGS | {"PreemptMode": "OFF"}, (partition("urgent", tier=2),), Mark.OK),
        (SETTINGS | {"PreemptType": "preempt/qos"}, (), Mark.NOTE),
        ({}, (), Mark.UNKNOWN),
    ],
)
def test_preemption(settings: dict[str, str], others: tuple[Any, ...], mark: Mark) -> None:
    value = site(settings=settings, partitions=(partition(), *others))

    assert check_preemption(value, partition()).mark is mark


@pytest.mark.parametrize(
    ("gres", "name"),
    [({"gpu:k40": 2}, "gpu:k40"), ({"gpu:k40": 1, "gpu:v100": 1}, "gpu"), ({"shard": 8}, "gpu"), ({}, "gpu")],
)
def test_gpus_are_named_by_their_kind_where_there_is_only_one(gres: dict[str, int], name: str) -> None:
    value = site(nodes=(node(gres=gres),))

    assert discovered(value, partition(), Profile(name="new")).gres == name


@pytest.mark.parametrize(
    "value",
    [
        site(),
        site(qos=(Allowance(source="QOS normal", submit=7, time=60),)),
        site(settings={**SETTINGS, "MaxArraySize": "65"}),
        site(nodes=(node(gres={"gpu:k40": 1, "gpu:v100": 2}),)),
        site(associations=(association("guests"),), partitions=(partition(accounts=("guests",)),)),
    ],
)
def test_a_discovered_profile_has_nothing_wrong_with_it(value: Value) -> None:
    profile = discovered(value, partition(), Profile(name="new"))

    assert [one for one in check_site(value, profile) if one.should is not None] == []


def test_a_profile_that_was_mended_has_nothing_wrong_with_it_any_more() -> None:
    bad = Profile(name="p", partition="gp", gres="gpu:x", max_time="40h", max_array_size=5000, account="f")
    mended = proposed(bad, check_site(site(), bad))

    assert [one for one in check_site(site(), mended) if one.mark is Mark.WRONG] == []
