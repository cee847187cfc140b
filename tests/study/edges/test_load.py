from pathlib import Path

import pytest

from orchestrator.study.edges.load import Loaded, load
from orchestrator.study.study_file import StudyFile

PART = """\
study: %s
axes:
  net: [%s]
  seed: [0]
shapes:
  cpu: {cpus: 2}
stages:
  first:
    task: t.first
    over: [net, seed]
    shape: cpu
  second:
    task: t.second
    over: [net, seed]
    params: {a: 1, b: {c: 1, d: 2}}
    needs: {x: first, y: {stage: first, best: {minimize: loss}}}
report: %s.csv
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two studies to build on, and their report files."""
    for name, net in (("one", "small"), ("two", "big")):
        (tmp_path / f"{name}.yaml").write_text(PART % (name, net, name), encoding="utf-8")
        (tmp_path / f"{name}.csv").touch()
    return tmp_path


def loaded(folder: Path, text: str) -> Loaded:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def good(folder: Path, text: str) -> StudyFile:
    """Return a study file that has nothing wrong."""
    found = loaded(folder, text)
    assert not found.problems.found
    assert found.file is not None
    return found.file


def told(folder: Path, text: str) -> str:
    """Return the one thing wrong with a study file."""
    (problem,) = loaded(folder, text).problems.found
    return f"{Path(problem.where).name}: {problem.message}"


def test_a_file_extends_another_key_by_key(folder: Path) -> None:
    file = good(folder, "extends: one.yaml\nstudy: own\nstages: {second: {params: {b: {c: 5}}}}\n")

    assert file.stages["second"].params == {"a": 1, "b": {"c": 5, "d": 2}}


def test_lists_are_replaced(folder: Path) -> None:
    assert good(folder, "extends: one.yaml\naxes: {net: [x]}\n").axes == {"net": ["x"], "seed": [0]}


def test_null_removes_a_key(folder: Path) -> None:
    file = good(folder, "extends: one.yaml\nstages: {second: {params: {a: null}}}\n")

    assert file.stages["second"].params == {"b": {"c": 1, "d": 2}}


def test_null_stays_where_there_is_nothing_to_remove(folder: Path) -> None:
    file = good(folder, "extends: one.yaml\nstages: {first: {params: {limit: null}}}\n")

    assert file.stages["first"].params == {"limit": None}


def test_extensions_are_followed_to_the_end(folder: Path) -> None:
    (folder / "middle.yaml").write_text("extends: one.yaml\nstudy: middle\n", encoding="utf-8")

    file = good(folder, "extends: middle.yaml\n")

    assert (file.study, list(file.stages)) == ("middle", ["first", "second"])


def test_files_that_extend_each_other_are_told(folder: Path) -> None:
    (folder / "other.yaml").write_text("study: other\nextends: own.yaml\n", encoding="utf-8")

    message = "other.yaml:2: the files name each other in a circle: own.yaml → other.yaml → own.yaml"
    assert told(folder, "extends: other.yaml\n") == message


@pytest.mark.parametrize("line", ["extends: loop.yaml", "studies: [loop.yaml]", "report: loop.yaml"])
def test_a_link_to_itself_is_told(folder: Path, line: str) -> None:
    (folder / "loop.yaml").symlink_to("loop.yaml")

    assert "there is no file" in told(folder, f"study: own\nstages: {{a: {{task: t.a}}}}\n{line}\n")


def test_composed_stages_carry_the_name_of_their_study(folder: Path) -> None:
    file = good(folder, "study: own\nstudies: [one.yaml, two.yaml]\n")

    assert list(file.stages) == ["one.first", "one.second", "two.first", "two.second"]


def test_composed_needs_stay_within_their_study(folder: Path) -> None:
    file = good(folder, "study: own\nstudies: [one.yaml, two.yaml]\n")

    assert {need.stage for need in file.stages["two.second"].needs.values()} == {"two.first"}


def test_composed_stages_keep_their_own_axes(folder: Path) -> None:
    file = good(folder, "study: own\nstudies: [one.yaml, two.yaml]\n")

    assert [file.stages[name].axes["net"] for name in ("one.first", "two.first")] == [["small"], ["big"]]


def test_a_composing_file_may_have_axes_for_all(folder: Path) -> None:
    file = good(folder, "study: own\nstudies: [one.yaml]\naxes: {seed: [0, 1]}\n")

    assert file.axes == {"seed": [0, 1]}


def test_a_composing_file_overrides_stages_and_adds_its_own(folder: Path) -> None:
    file = good(
        folder,
        "study: own\nstudies: [one.yaml]\n"
        "stages: {one.second: {params: {a: 9}}, third: {task: t.third, needs: {z: one.second}}}\n",
    )

    assert (file.stages["one.second"].params["a"], list(file.stages)[-1]) == (9, "third")


def test_a_composition_can_be_extended(folder: Path) -> None:
    (folder / "full.yaml").write_text("study: full\nstudies: [one.yaml]\n", encoding="utf-8")

    file = good(folder, "extends: full.yaml\nstudy: own\nstages: {one.first: {shape: null}}\n")

    assert (file.study, file.stages["one.first"].shape) == ("own", None)


def test_compositions_can_be_composed(folder: Path) -> None:
    (folder / "full.yaml").write_text("study: full\nstudies: [one.yaml]\n", encoding="utf-8")

    file = good(folder, "study: own\nstudies: [full.yaml]\n")

    assert file.stages["full.one.second"].needs["x"].stage == "full.one.first"


def test_reports_are_united_and_found_from_anywhere(folder: Path) -> None:
    (folder / "own.csv").touch()

    reports = good(folder, "study: own\nstudies: [one.yaml, two.yaml]\nreport: own.csv\n").reports

    assert reports == tuple(str(folder / f"{name}.csv") for name in ("one", "two", "own"))


def test_shapes_that_differ_are_told(folder: Path) -> None:
    (folder / "two.yaml").write_text((PART % ("two", "x", "two")).replace("cpus: 2", "cpus: 3"))

    assert told(folder, "study: own\nstudies: [one.yaml, two.yaml]\n") == (
        "two.yaml:6: shape `cpu` is another one in an earlier study"
    )


def test_the_composing_file_decides_between_shapes(folder: Path) -> None:
    (folder / "two.yaml").write_text((PART % ("two", "x", "two")).replace("cpus: 2", "cpus: 3"))

    file = good(folder, "study: own\nstudies: [one.yaml, two.yaml]\nshapes: {cpu: {cpus: 5}}\n")

    assert file.shapes["cpu"].cpus == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stages: {one.first: {oover: []}}", "own.yaml:3: unknown key `oover`"),
        ("axes: {net: 3}", "own.yaml:3: `3` is a number, but must be a list"),
    ],
)
def test_mistakes_in_overrides_have_the_line_of_the_override(folder: Path, text: str, message: str) -> None:
    assert told(folder, f"study: own\nstudies: [one.yaml]\n{text}\n") == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("over: [net, seed]\n    params", "oover: []\n    params", "one.yaml:14: unknown key `oover`"),
        (
            "study: one",
            "stuudy: one",
            "one.yaml:1: the study has no name, which its stages are prefixed with",
        ),
        ("study: one", "study: two", "one.yaml:1: two of the composed studies are named `two`"),
        ("axes:\n  net: [small]\n  seed: [0]\n", "axes: 3\n", "one.yaml:2: `axes` must be a mapping"),
        ("report", "extra", "one.yaml:17: unknown key `extra`"),
        ("cpus: 2", "cpus: 0", "one.yaml:6: `0` must be at least 1"),
    ],
)
def test_mistakes_in_composed_files_have_their_own_lines(
    folder: Path, old: str, new: str, message: str
) -> None:
    text = (folder / "one.yaml").read_text(encoding="utf-8")
    (folder / "one.yaml").write_text(text.replace(old, new), encoding="utf-8")
    (folder / "two.yaml").write_text("study: two\nstages: {s: {task: t}}\n", encoding="utf-8")

    found = [
        f"{Path(problem.where).name}: {problem.message}"
        for problem in loaded(folder, "study: own\nstudies: [one.yaml, two.yaml]\n").problems.found
    ]

    assert any(text.startswith(message) for text in found), found


def test_mistakes_in_both_composed_files_are_told_together(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text("study: [\n", encoding="utf-8")

    found = loaded(folder, "study: own\nstudies: [one.yaml, two.yaml]\n").problems.found

    assert [Path(problem.where).name for problem in found] == ["one.yaml:2", "two.yaml:2"]
