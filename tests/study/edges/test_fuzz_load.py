"""Study files that nobody would write: they are read, or told, and nothing else happens."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.messages.errors import StudyFileError
from orchestrator.study.read import read_study
from tests.study.test_any_study_file import GOOD as VALUES
from tests.study.test_any_study_file import PARTS, places, with_part

GOOD = """\
study: toy
axes:
  net: [small, big]
  seed: [0, 1]
shapes:
  cpu: &shape {cpus: 1, memory: 3GB, time: 2h}
  more: {<<: *shape, cpus: 2}
stages:
  a:
    task: tests.toy_tasks.train
    over: [net, seed]
    zip: [[net, seed]]
    params: {lr: 0.1, note: "seed ${seed}", layers: [8, 0x10]}
    shape: cpu
  b:
    task: tests.toy_tasks.train
    over: [seed]
    needs:
      x: {stage: a, best: {minimize: loss}, when: {seed: 1}}
    search:
      sampler: tpe
      trials: 3
      space: {lr: {low: 1e-5, high: 1, log: true}, epochs: [1, 2]}
      objective: {maximize: acc}
    exclude: [{seed: 0}]
    include: [{seed: 7}]
"""
PIECES = [
    "\n", "  ", "\t", "\r", "\x00", "\ufeff", "\x85", "\u2028", "\x1b", ":", ": ", "- ", "? ", ",",
    "[", "]", "{", "}", "&a ", "*a", "*shape", "<<: *shape", "<<: ", "!!set ", "!!omap ",
    "!!python/name:os.system ", "!x ", "!!float ", "|\n", ">-\n", "#", "'", '"', '"\\ud800"', '"\\0"',
    "%", "---\n", "...\n", "%YAML 1.1\n---\n", "@", "`", "=", ".nan", ".inf", "-.inf", "1e999",
    "9" * 30, "9" * 5000, "0b_", "0o", "_1", "1_000", "010", "1:30", "190:20:30.15", "2020-01-01",
    "2020-99-99", "2020-01-01T99:99:99Z", "~", "null", "true", "yes", "${seed}", "${", "$(touch x)",
    "[[[[[[[[", "{a: {a: {a: ", "- - - - ", "extends: .\n", "studies: [x]\n", "report: x\n", "../x",
    "/dev/zero", "stages: {}\n", "axes: 1\n", "params: [1]\n", "needs: [a]\n", "needs: {a: [b]}\n",
    "over: {a: 1}\n", "{0.__class__}",
]  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), st.sampled_from(PIECES) | st.text(max_size=4)),
    min_size=1,
    max_size=5,
)


def changed(text: str, changes: list[tuple[int, int, str]]) -> str:
    """Return the text with pieces of it replaced by others."""
    for place, length, piece in changes:
        text = text[:place] + piece + text[place + length :]
    return text


def told_or_read(path: Path, text: str, *set_: str) -> None:
    """Read a file; raise whatever is neither a study nor a list of problems with places."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found = read_study(path, set_=set_).warnings
    except StudyFileError as error:
        found = error.problems
        str(error).encode()
    assert all(problem.where.startswith((str(path.parent), "--set")) for problem in found)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_a_changed_study_file_is_read_or_told(tmp_path: Path, changes: list[tuple[int, int, str]]) -> None:
    told_or_read(tmp_path / "any.yaml", changed(GOOD, changes))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, st.sampled_from(["extends: part.yaml\n", "study: whole\nstudies: [part.yaml, other.yaml]\n"]))
def test_a_file_around_a_changed_one_is_read_or_told(
    tmp_path: Path, changes: list[tuple[int, int, str]], around: str
) -> None:
    (tmp_path / "part.yaml").write_bytes(changed(GOOD, changes).encode("utf-8", "surrogatepass"))
    (tmp_path / "other.yaml").write_text(GOOD.replace("toy", "other"), encoding="utf-8")

    told_or_read(tmp_path / "whole.yaml", around)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(places({**VALUES, "report": []})[1:]),
    PARTS | st.sampled_from([[{}], [None], {"stage": ["a"]}, {"a": {"a": {}}}]),
    st.sampled_from(["extends: part.yaml\n", "study: w\nstudies: [part.yaml, other.yaml]\nreport: [x]\n"]),
)
def test_a_file_around_one_with_a_wrong_value_is_read_or_told(
    tmp_path: Path, keys: tuple[str | int, ...], part: Any, around: str
) -> None:
    wrong = with_part({**VALUES, "report": []}, keys, part)
    (tmp_path / "part.yaml").write_text(json.dumps(wrong), encoding="utf-8")
    (tmp_path / "other.yaml").write_text(json.dumps({**VALUES, "study": "other"}), encoding="utf-8")

    told_or_read(tmp_path / "whole.yaml", around)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["a.lr", "axes.seed", "stages.b.needs.x", "shapes.cpu.time", "study", "axes", "..", ""]),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=4).map("".join),
    st.sampled_from(places(VALUES)[1:]),
    PARTS,
)
def test_whatever_is_set_is_read_or_told(
    tmp_path: Path, place: str, value: str, keys: tuple[str | int, ...], part: Any
) -> None:
    told_or_read(tmp_path / "any.yaml", json.dumps(with_part(VALUES, keys, part)), f"{place}={value}")
