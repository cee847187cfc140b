from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.verbs.study_files import file_of


@pytest.mark.parametrize(
    ("typed", "file"), [("a/toy.yaml", "a/toy.yaml"), ("toy.yml", "toy.yml"), ("toy", None)]
)
def test_a_study_may_be_named_by_its_file(typed: str, file: str | None, tmp_path: Path) -> None:
    found = file_of(typed, RunFolder(tmp_path))

    assert found == (None if file is None else Path(file))


def test_a_name_that_looks_like_a_file_is_a_name(tmp_path: Path) -> None:
    RunFolder(tmp_path).study("toy.yaml").mkdir(parents=True)

    assert file_of("toy.yaml", RunFolder(tmp_path)) is None
