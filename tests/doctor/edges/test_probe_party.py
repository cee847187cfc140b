"""Parties are programs: here they all run on this machine."""

from pathlib import Path

import pytest

from orchestrator.doctor.edges import probe_job
from orchestrator.doctor.party import Agenda, View

AGENDA = Agenda(
    parties=("one", "two"),
    nodes=("one",),
    rounds=1,
    rewrites=5,
    races=50,
    hearts=2,
    modules=("json",),
    gpus=1000,
)


def meet(folder: Path, agenda: Agenda, names: tuple[str, ...]) -> dict[str, View]:
    """Let parties meet in a folder and return what they saw."""
    probe_job.lay_out(folder, agenda)
    for party in [probe_job.start_party(folder, name) for name in names]:
        party.wait()
    return probe_job.read_views(folder, names)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that two parties try."""
    return tmp_path_factory.mktemp("shared") / "a folder"


@pytest.fixture(scope="module")
def views(shared: Path) -> dict[str, View]:
    """Give what the two saw of it."""
    return meet(shared, AGENDA, AGENDA.parties)


def test_both_come_to_the_end(views: dict[str, View]) -> None:
    assert [view.ended and view.error is None for view in views.values()] == [True, True]


@pytest.mark.parametrize("what", ["link", "mkdir"])
def test_every_race_has_one_winner(views: dict[str, View], what: str) -> None:
    won = [number for view in views.values() for number in getattr(view, what)]

    assert sorted(won) == list(range(AGENDA.races))


def test_no_file_has_more_links_than_the_engine_makes(shared: Path, views: dict[str, View]) -> None:
    links = [path.stat().st_nlink for path in shared.iterdir()]

    assert max(links) <= 2, "GlusterFS allows a hundred, and says that the disk is full"


def test_each_sees_the_other(views: dict[str, View]) -> None:
    one = views["one"]

    assert [trip.other for trip in one.trips or ()] == ["two"]
    assert one.values is not None
    assert one.values["two"].torn == 0
    assert (one.hearts or {}).keys() == {"two"}


def test_only_nodes_look_around(views: dict[str, View]) -> None:
    assert views["one"].modules["json"].error is None
    assert views["two"].modules == {}


def test_a_kernel_is_launched_on_the_gpus_of_nodes(views: dict[str, View]) -> None:
    assert (views["one"].gpu_trouble or {})["driver"], "no machine has so many"
    assert views["two"].gpu_trouble is None


def test_what_programs_may_share_is_looked_at_where_there_are_gpus(views: dict[str, View]) -> None:
    assert views["one"].sharing is not None
    assert views["two"].sharing is None


def test_a_party_that_never_comes_is_named(tmp_path: Path) -> None:
    alone = AGENDA.model_copy(update={"gather": 0.2, "modules": ("nothing_by_this_name",)})
    view = meet(tmp_path / "f", alone, ("one",))["one"]

    assert view.missing == ("two",)
    assert view.modules["nothing_by_this_name"].error is not None
