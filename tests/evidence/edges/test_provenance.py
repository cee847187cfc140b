import importlib
import json
import platform
from pathlib import Path

import pytest

from orchestrator.engine.edges.gpu_meter import line_of
from orchestrator.evidence.edges.provenance import METER, SLOTS, provenance


def test_a_result_knows_what_it_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    facts = provenance(__name__)

    assert (facts["python"], facts["threads"]) == (platform.python_version(), "3")


@pytest.mark.parametrize(("variables", "facts"), [({}, {}), ({SLOTS: "4"}, {"slots": 4})])
def test_a_trial_that_shares_its_worker_says_so(
    variables: dict[str, str], facts: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SLOTS, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert {key: value for key, value in provenance(__name__).items() if key == "slots"} == facts


@pytest.mark.parametrize(
    ("line", "facts"),
    [(line_of({"busy": 18}), {"busy": 18}), (line_of({"busy": 18})[:-3], None), (b"", None)],
)
def test_a_trial_with_gpus_says_how_they_were_used_where_that_is_whole(
    line: bytes, facts: dict[str, int] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "board").write_bytes(line + b"older")
    monkeypatch.setenv(METER, str(tmp_path / "board"))

    assert provenance(__name__).get("gpu_use") == facts


def test_a_version_is_told_of_what_was_imported() -> None:
    import numpy as np

    assert provenance(__name__)["numpy"] == np.__version__


def install(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay a package, with what an installer writes of it, into a folder, and import it."""
    (place / name).mkdir(parents=True)
    (place / name / "__init__.py").touch()
    about = place / f"{name}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    origin = {"url": "https://example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc123"}}
    (about / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(place)
    importlib.import_module(name)


def test_the_version_and_commit_of_an_installed_task_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site-packages", "installed_task", monkeypatch)

    assert provenance("installed_task.train")["task"] == "installed_task 1.2, commit abc123"


def test_a_task_of_the_project_has_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "project", "own_task", monkeypatch)

    assert "task" not in provenance("own_task.train")
