"""Parties are programs: here they all run on this machine."""

from pathlib import Path

import pytest

from orchestrator.doctor.edges import probe_job
from orchestrator.doctor.party import Plan, Report

PLAN = Plan(
    parties=("one", "two"),
    nodes=("one",),
    rounds=1,
    rewrites=5,
    races=50,
    hearts=2,
    modules=("json",),
)


def meet(folder: Path, plan: Plan, names: tuple[str, ...]) -> dict[str, Report]:
    """Let parties meet in a folder and return what they report."""
    probe_job.lay_out(folder, plan)
    for party in [probe_job.start_party(folder, name) for name in names]:
        party.wait()
    return probe_job.read_reports(folder, names)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that two parties try."""
    return tmp_path_factory.mktemp("shared") / "a folder"


@pytest.fixture(scope="module")
def reports(shared: Path) -> dict[str, Report]:
    """Give what the two report of it."""
    return meet(shared, PLAN, PLAN.parties)


def test_both_come_to_the_end(reports: dict[str, Report]) -> None:
    assert [report.ended and report.error is None for report in reports.values()] == [True, True]


@pytest.mark.parametrize("what", ["link", "mkdir"])
def test_every_race_has_one_winner(reports: dict[str, Report], what: str) -> None:
    won = [number for report in reports.values() for number in getattr(report, what)]

    assert sorted(won) == list(range(PLAN.races))


def test_no_file_has_more_links_than_the_engine_makes(shared: Path, reports: dict[str, Report]) -> None:
    links = [path.stat().st_nlink for path in shared.iterdir()]

    assert max(links) <= 2, "GlusterFS allows a hundred, and says that the disk is full"


def test_each_sees_the_other(reports: dict[str, Report]) -> None:
    one = reports["one"]

    assert [trip.other for trip in one.trips or ()] == ["two"]
    assert one.values is not None
    assert one.values["two"].torn == 0
    assert (one.hearts or {}).keys() == {"two"}


def test_only_nodes_look_around(reports: dict[str, Report]) -> None:
    assert reports["one"].modules["json"].error is None
    assert reports["two"].modules == {}


def test_a_party_that_never_comes_is_named(tmp_path: Path) -> None:
    alone = PLAN.model_copy(update={"gather": 0.2, "modules": ("nothing_by_this_name",)})
    report = meet(tmp_path / "f", alone, ("one",))["one"]

    assert report.missing == ("two",)
    assert report.modules["nothing_by_this_name"].error is not None
