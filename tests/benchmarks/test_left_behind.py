from pathlib import Path

from benchmarks.left_behind import LeftBehind, left_behind


def test_everything_counts_but_the_copies_of_the_code(tmp_path: Path) -> None:
    for name in (
        "trials/a/result.json",
        "trials/b/result.json",
        "trials/b/log",
        "trials/b/work/x",
        "studies/s/code/1/x.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert left_behind(tmp_path) == LeftBehind(files=4, folders=6, largest=3)
