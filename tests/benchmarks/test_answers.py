from pathlib import Path

from benchmarks.answers import Grown


def test_a_search_that_has_grown_tells_all_its_answers_and_goes_on(tmp_path: Path) -> None:
    grown = Grown(tmp_path, 3)
    before = [one.state for one in grown.told()]
    grown.go_on()

    assert before == ["complete"] * 3
    assert [one.state for one in grown.told()] == [*before, "complete", "running"]
