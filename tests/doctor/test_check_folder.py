from typing import Any

import pytest

from orchestrator.doctor.check_folder import (
    check_clocks,
    check_folder,
    check_lease,
    check_new_files,
    check_race,
    check_rename,
    check_shared,
)
from orchestrator.doctor.examination import Mark
from orchestrator.doctor.party import Ages, Folder, Rewritten, Trip
from orchestrator.places.profile import Profile
from tests.doctor.views import AGENDA, views

PROFILE = Profile(name="p", lease=20, signal_lead=120)


def test_a_folder_without_faults_is_all_right() -> None:
    assert {finding.mark for finding in check_shared(views(), AGENDA, PROFILE)} == {Mark.OK}


def test_without_reports_nothing_is_known() -> None:
    assert {finding.mark for finding in check_shared({}, AGENDA, PROFILE)} == {Mark.UNKNOWN}


@pytest.mark.parametrize(("seconds", "mark"), [(0.1, Mark.OK), (5.1, Mark.NOTE), (None, Mark.WRONG)])
def test_new_files(seconds: float | None, mark: Mark) -> None:
    trip = Trip(other="login", seconds=seconds, ahead=None)

    assert check_new_files(views(trips=(trip,))).mark is mark


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({}, Mark.OK),
        ({"torn": 1}, Mark.WRONG),
        ({"gone": 1}, Mark.NOTE),
        ({"lag": None}, Mark.WRONG),
    ],
)
def test_rename(changes: dict[str, Any], mark: Mark) -> None:
    value = Rewritten(**({"torn": 0, "gone": 0, "lag": 0.1} | changes))

    assert check_rename(views(values={"login": value})).mark is mark


@pytest.mark.parametrize(
    ("won", "mark"),
    [
        ((1,), Mark.OK),
        ((0, 1), Mark.WRONG),  # 0 is what the login node won
        ((), Mark.WRONG),
        (None, Mark.UNKNOWN),
    ],
)
def test_races_have_one_winner_each(won: tuple[int, ...] | None, mark: Mark) -> None:
    assert check_race(views(link=won), "link", AGENDA).mark is mark


def test_races_that_one_party_won_alone_show_nothing() -> None:
    late = {
        name: one.model_copy(update={"mkdir": (0, 1, 2) if name == "login" else ()})
        for name, one in views().items()
    }

    assert check_race(late, "mkdir", AGENDA).mark is Mark.UNKNOWN


@pytest.mark.parametrize(("oldest", "mark", "should"), [(4.9, Mark.OK, None), (5.1, Mark.WRONG, 22)])
def test_a_lease_covers_two_beats_and_the_delay_of_the_folder(
    oldest: float, mark: Mark, should: int | None
) -> None:
    finding = check_lease(views(hearts={"login": Ages(oldest=oldest, newest=0)}), PROFILE)

    assert (finding.mark, finding.should) == (mark, should)


def test_a_heart_that_beats_in_the_future_is_told() -> None:
    ahead = views(hearts={"login": Ages(oldest=-6, newest=-7)})

    assert check_lease(ahead, PROFILE).mark is Mark.NOTE


@pytest.mark.parametrize(
    ("ahead", "mark"),
    [((-3.0, 3.0), Mark.OK), ((2.0, 3.0), Mark.NOTE), ((-3.0, -2.0), Mark.NOTE), ((11.0, 12.0), Mark.WRONG)],
)
def test_clocks_differ_by_what_is_sure(ahead: tuple[float, float], mark: Mark) -> None:
    trip = Trip(other="login", seconds=1, ahead=ahead)

    assert check_clocks(views(trips=(trip,)), PROFILE).mark is mark


@pytest.mark.parametrize(
    ("free", "files", "marks"),
    [
        (10**12, 10**7, (Mark.OK, Mark.OK)),
        (10**9, 10**4, (Mark.NOTE, Mark.NOTE)),
        (10**6, 10, (Mark.WRONG, Mark.WRONG)),
        (10**12, None, (Mark.OK, Mark.UNKNOWN)),
    ],
)
def test_room(free: int, files: int | None, marks: tuple[Mark, Mark]) -> None:
    found = check_folder(Folder(path="/runs", kind="nfs4", free=free, files=files))

    assert (found[1].mark, found[2].mark) == marks
