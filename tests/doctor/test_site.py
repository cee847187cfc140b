import pytest

from orchestrator.doctor.site import Allowance, least
from tests.doctor.sites import association, node, partition, site


def test_the_smallest_limit_counts_and_none_is_no_limit() -> None:
    assert (least([None, 3, 2]), least([None]), least([])) == (2, None, None)


def test_without_a_name_it_is_the_default_partition() -> None:
    found = site().partition(None)

    assert found is not None
    assert found.name == "gpu"


def test_gpus_are_counted_over_all_nodes_of_the_partition() -> None:
    value = site(nodes=(node(), node("n2"), node("n3", partition="short")))

    assert value.gres(partition()) == {"gpu:k40": 4}


@pytest.mark.parametrize(("name", "there"), [("gpu", True), ("gpu:k40", True), ("gpu:k4", False)])
def test_a_gres_is_there_by_its_name_or_by_what_its_kinds_are_called(name: str, there: bool) -> None:
    assert site().has_gres(partition(), name) is there


@pytest.mark.parametrize(
    ("given", "default", "sources"),
    [
        (None, "", ["account faces", "QOS normal"]),
        (None, "long", ["account faces", "QOS long"]),
        ("long", "", ["account faces", "QOS long"]),
    ],
)
def test_which_qos_limits_a_job(given: str | None, default: str, sources: list[str]) -> None:
    allowed = (Allowance(source="QOS normal"), Allowance(source="QOS long"))
    value = site(qos=allowed, associations=(association(default_qos=default),))

    assert [one.source for one in value.allowances(partition(), None, given)] == sources


@pytest.mark.parametrize(("text", "number"), [("30 sec", 30), ("(null)", None), ("INFINITE", None)])
def test_numbers_of_settings(text: str, number: int | None) -> None:
    assert site(settings={"KillWait": text}).number("KillWait") == number
