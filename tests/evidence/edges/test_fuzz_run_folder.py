"""Files of a run folder that anybody may have written: they are read, or told, and nothing else happens."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Claim, Evidence, Exit, Failure, Loss, Result, Stop
from orchestrator.evidence.submission import Submission
from orchestrator.files.line_file import last_line, read_lines
from orchestrator.files.record_file import read_stored
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.places.profile import LOCAL
from orchestrator.study.read import read_study
from orchestrator.study.searches.opening import Asked
from orchestrator.tracking.mlflow_records import measures

STUDY = "{study: s, stages: {a: {task: tests.toy_tasks.score, params: {metric: m}}}}"
CLAIM = Claim(worker="w", job="slurm:1_2", host="h", time=1, code="c")
FAILED = Exit(
    outcome="failed", time=1, seconds=1, failure=Failure(kind="unknown", message="m", traceback="t")
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([10**400, "", "a", "local:h:1:2", "slurm:", "../x", "\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
PIECES = st.sampled_from(
    [b"", b"{", b"}", b"[", b'"', b",", b"\xff", b"\0", b"\n", b"NaN", b"1e999", b"9" * 5000, b"[" * 2000]
)
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9), PIECES), max_size=4)


def records(folder: Path) -> list[BaseModel]:
    """Return one good record of each kind."""
    (folder / "s.yaml").write_text(STUDY)
    study = read_study(folder / "s.yaml").study
    return [
        CLAIM,
        FAILED,
        Stop(cause="user", time=1),
        Loss(kind="lost", state="NODE_FAIL", node="n", time=1),
        Result(metrics={"a": 1.0}, attempt=1, time=1, seconds=1, code="c"),
        Asked(number=1, params={"lr": 0.1}),
        Submission(study=study, code="c", data="d", profile=LOCAL, given="g"),
    ]


def read_or_told(path: Path, record: BaseModel) -> None:
    """Read a file as a record; raise whatever is neither a value nor a damage told with the path."""
    try:
        read_stored(path, type(record))
    except InternalEvidenceError as error:
        assert str(error).startswith(f"{path} is damaged: ")  # noqa: PT017 - it need not be raised


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 6), CHANGES)
def test_a_changed_record_is_read_or_told(
    tmp_path: Path, which: int, changes: list[tuple[int, int, bytes]]
) -> None:
    record = records(tmp_path)[which]
    text = record.model_dump_json().encode()
    for place, length, piece in changes:
        text = text[:place] + piece + text[place + length :]
    (tmp_path / "record.json").write_bytes(text)

    read_or_told(tmp_path / "record.json", record)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 6), st.integers(0, 9), JSON)
def test_a_record_with_another_value_is_read_or_told(
    tmp_path: Path, which: int, key: int, value: Any
) -> None:
    record = records(tmp_path)[which]
    values = record.model_dump(mode="json")
    values[list(values)[key % len(values)]] = value
    (tmp_path / "record.json").write_text(json.dumps(values))

    read_or_told(tmp_path / "record.json", record)


LINE = st.fixed_dictionaries({}, optional={"step": JSON, "time": JSON, "metrics": JSON, "longest_save": JSON})


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE.map(json.dumps).map(str.encode) | PIECES, max_size=4))
def test_lines_that_are_none_are_passed_over(tmp_path: Path, lines: list[bytes]) -> None:
    folder = TrialFolder(tmp_path / "toy-abc")
    for name in ("metrics.jsonl", "saves.jsonl"):
        (folder.attempt(1)).mkdir(parents=True, exist_ok=True)
        (folder.attempt(1) / name).write_bytes(
            b'{"step": 7, "time": 1, "metrics": {"a": 2}}\n' + b"\n".join(lines)
        )

    found = measures(folder, evidence=Evidence())
    assert 7 in folder.metrics()
    assert all(isinstance(measure.value, float) for measure in found)
    assert all(
        isinstance(value, float) for metrics in folder.metrics().values() for value in metrics.values()
    )
    assert folder.pace().save >= 0
    assert isinstance(last_line(folder.attempt(1) / "metrics.jsonl"), dict)


@pytest.mark.parametrize("reader", [lambda path: list(read_lines(path)), last_line])
def test_a_folder_in_the_place_of_lines_is_passed_over(tmp_path: Path, reader: Any) -> None:
    assert not reader(tmp_path)
