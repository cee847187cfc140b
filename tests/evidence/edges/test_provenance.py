import platform

import pytest

from orchestrator.evidence.edges.provenance import provenance


def test_a_result_knows_what_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    facts = provenance()

    assert (facts["python"], facts["threads"]) == (platform.python_version(), "3")


def test_a_version_is_told_of_what_was_imported() -> None:
    import numpy as np

    assert provenance()["numpy"] == np.__version__
