from pathlib import Path

from orchestrator.files.line_file import last_line, read_lines


def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text('{"step": 1}\n{"step": 2}\n{"st')

    assert [line["step"] for line in read_lines(tmp_path / "m.jsonl")] == [1, 2]


def test_the_last_whole_line_counts(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text('{"step": 1}\n' * 5000 + '{"step": 2}\n{"st')

    assert last_line(tmp_path / "m.jsonl") == {"step": 2}
