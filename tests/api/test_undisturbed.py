import os

import pytest

from orchestrator.api.undisturbed import undisturbed


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what a kernel sets for itself."""
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("JPY_PARENT_PID", "1")


@pytest.mark.usefixtures("kernel")
def test_what_a_kernel_sets_for_itself_is_hidden_from_workers() -> None:
    with undisturbed(starting=True):
        inside = {"MPLBACKEND", "JPY_PARENT_PID"} & os.environ.keys()

    assert (inside, os.environ["JPY_PARENT_PID"]) == (set(), "1")


@pytest.mark.usefixtures("kernel")
def test_what_is_imported_draws_as_the_kernel_says() -> None:
    with undisturbed():
        assert os.environ["MPLBACKEND"].startswith("module://")


def test_what_a_person_has_set_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    with undisturbed(starting=True):
        assert os.environ["MPLBACKEND"] == "agg"


def test_strangers_may_write_to_nothing_meanwhile() -> None:
    before = os.umask(0o000)
    try:
        with undisturbed():
            inside = os.umask(0o002)
        assert (inside, os.umask(0o000)) == (0o002, 0o000)
    finally:
        os.umask(before)
