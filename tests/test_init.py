"""`import orchestrator` gives its names, and imports nothing before they are asked for."""

import subprocess
import sys

import pytest

import orchestrator
from orchestrator.messages import errors

LISTED = """
import sys
import orchestrator
print([name for name in sys.modules if name.startswith(("orchestrator.", "pydantic", "pandas", "typer"))])
"""


def test_every_name_is_there() -> None:
    assert all(getattr(orchestrator, name) for name in orchestrator.__all__)


def test_each_name_has_a_home() -> None:
    assert sorted(name for names in orchestrator._HOMES.values() for name in names) == orchestrator.__all__


def test_another_name_is_told() -> None:
    with pytest.raises(AttributeError, match="has no attribute `laod`"):
        orchestrator.laod  # noqa: B018  # it is asked for


def test_editors_are_told_the_names() -> None:
    assert set(orchestrator.__all__) <= set(dir(orchestrator))


def test_one_class_catches_every_error() -> None:
    given = [getattr(errors, name) for name in orchestrator.__all__ if name.endswith("Error")]

    assert all(issubclass(one, orchestrator.OrchestratorError) for one in given)


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LISTED], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
