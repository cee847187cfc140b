"""The examples in the docstrings of what `import orchestrator` gives, with a finished study at hand."""

import doctest
import importlib

import pytest

import orchestrator
from orchestrator.api.study_handle import StudyHandle

pytestmark = pytest.mark.slow

MODULES = ("opening", "result_table", "study_handle", "trial_handle")


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_say_what_happens(name: str, study: StudyHandle) -> None:
    module = importlib.import_module(f"orchestrator.api.{name}")
    ended = doctest.testmod(module, extraglobs={"orchestrator": orchestrator, "study": study})

    assert (ended.failed, ended.attempted > 0) == (0, True)


NO_EXAMPLE = {"cancel", "retry"}
"""What changes a study."""


def test_every_public_function_has_an_example() -> None:
    public = [method for name, method in vars(StudyHandle).items() if callable(method) and name[0] != "_"]
    without = {
        method.__name__
        for method in (*public, orchestrator.load, orchestrator.define)
        if ">>>" not in (method.__doc__ or "")
    }

    assert without == NO_EXAMPLE
