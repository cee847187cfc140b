"""That the soak finds trials in every layout of a run folder."""

from pathlib import Path

import pytest

from tests.soak.run_folder import add_results, trial_folders


@pytest.mark.parametrize("place", ["soaked.train-0a1b", "0a/soaked.train-0a1b"])
def test_a_trial_is_found(place: str, tmp_path: Path) -> None:
    (tmp_path / "trials" / place / "attempts").mkdir(parents=True)

    assert trial_folders(tmp_path) == [tmp_path / "trials" / place]


def test_a_trial_without_a_result_does_not_count_as_done(tmp_path: Path) -> None:
    (tmp_path / "trials/t-1/attempts").mkdir(parents=True)
    (tmp_path / "trials/t-2/attempts").mkdir(parents=True)
    (tmp_path / "trials/t-2/result.json").touch()
    known = set[Path]()
    add_results(tmp_path, known)

    assert known == {tmp_path / "trials/t-2"}


def test_a_trial_that_was_ended_early_counts_as_done(tmp_path: Path) -> None:
    attempt = tmp_path / "trials/t-1/attempts/001"
    attempt.mkdir(parents=True)
    (attempt / "exit.json").write_text('{"outcome": "pruned"}')
    known = set[Path]()
    add_results(tmp_path, known)

    assert known == {tmp_path / "trials/t-1"}
