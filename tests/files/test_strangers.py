import os
from pathlib import Path

import pytest

from orchestrator.files.strangers import bar_strangers, open_to_strangers


@pytest.mark.parametrize(("given", "kept"), [(0o000, 0o002), (0o022, 0o022), (0o077, 0o077)], ids=oct)
def test_only_the_right_of_everybody_is_taken(given: int, kept: int) -> None:
    before = os.umask(given)
    bar_strangers()

    assert os.umask(before) == kept


@pytest.mark.parametrize(("mode", "told"), [(0o755, False), (0o775, False), (0o777, True)], ids=oct)
def test_a_folder_that_everybody_may_write_to_is_told(tmp_path: Path, mode: int, told: bool) -> None:
    tmp_path.chmod(mode)

    assert open_to_strangers(tmp_path) is told


def test_a_folder_that_is_not_there_is_open_to_nobody(tmp_path: Path) -> None:
    assert not open_to_strangers(tmp_path / "absent")
