from pathlib import Path

from orchestrator.verbs.studied import look_at
from tests.verbs.conftest import Type


def test_a_study_is_known_with_its_results_and_tables(before: Type) -> None:
    found = look_at("before", Path("runs"))

    assert before
    assert (found.name, len(found.results)) == ("before", 7)
    assert [table.id for table in found.tables] == ["train", "sweep", "final", "failing"]
