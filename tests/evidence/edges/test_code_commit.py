from pathlib import Path

import pytest

from orchestrator.evidence.edges.code_commit import commit_of


@pytest.mark.parametrize(
    ("text", "commit"),
    [
        ('{"commit": "abc"}', "abc"),
        ('{"commit": "abc", "changed": true}', "abc with changes"),
        ("{}", ""),
    ],
)
def test_a_snapshot_tells_its_commit(tmp_path: Path, text: str, commit: str) -> None:
    folder = tmp_path / "studies" / "s" / "code"
    folder.mkdir(parents=True)
    (folder / "c0de.json").write_text(text)

    assert commit_of(tmp_path, "c0de") == commit


@pytest.mark.parametrize("code", ["c0de", ""])
def test_a_code_without_a_snapshot_has_no_commit(tmp_path: Path, code: str) -> None:
    assert commit_of(tmp_path, code) == ""
