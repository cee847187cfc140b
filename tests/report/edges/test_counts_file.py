from pathlib import Path

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.edges.counts_file import read_counts


def test_lines_are_truths_and_columns_are_answers(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("truth,cat,dog\ncat,8,2\ndog,1,9\n")
    found = read_counts(tmp_path / "c.csv", "`c.csv`")

    assert found is not None
    assert (found.labels, found.rows) == (("cat", "dog"), ((8, 2), (1, 9)))


def test_no_file_is_no_counts(tmp_path: Path) -> None:
    assert read_counts(tmp_path / "c.csv", "`c.csv`") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("truth,cat\ncat,many\n", "`c.csv` holds no counts: could not convert"),
        ("truth,cat\ncat,-1\n", "`-1` is no count"),
        ("truth,cat,dog\ndog,1,9\ncat,8,2\n", "names other classes in its lines"),
        ("truth,cat,dog\ncat,1\ndog,8,2\n", "names other classes in its lines"),
        ("", "`c.csv` holds no counts"),
    ],
)
def test_what_is_no_table_of_counts_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(text)

    with pytest.raises(NotFoundError, match=message) as told:
        read_counts(tmp_path / "c.csv", "`c.csv`")

    assert "first line `truth` and the classes" in str(told.value.hint)
