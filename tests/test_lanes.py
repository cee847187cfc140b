"""Which tests run one after the other, and which side by side."""

from pathlib import Path

import pytest

from tests.lanes import CLUSTERS, LONGEST, cluster_of, lane_of, place_of

ROOT = Path(__file__).resolve().parents[1]


def test_every_file_that_is_named_is_there() -> None:
    named = [*(file for files in CLUSTERS for file in files), *(lane for lane in LONGEST if "/" in lane)]

    assert [file for file in named if not (ROOT / file).is_file()] == []


def test_files_of_a_cluster_are_one_lane() -> None:
    assert {lane_of(f"{file}::test_it[a/b::c]") for file in CLUSTERS[1]} == {"cluster 1"}


def test_any_other_file_is_a_lane() -> None:
    assert lane_of("tests/a/test_b.py::test_it[a/b::c]") == "tests/a/test_b.py"


def test_long_lanes_begin_first() -> None:
    assert place_of(f"{LONGEST[-1]}::test_it") < place_of("tests/a/test_b.py::test_it")


def test_a_file_that_is_not_named_gets_no_cluster() -> None:
    with pytest.raises(LookupError, match="name it in tests/lanes"):
        cluster_of("tests/a/test_b.py")
