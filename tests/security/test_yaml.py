"""A YAML file that was written to hurt is told with its place: nothing runs, hangs or fills the memory."""

from pathlib import Path

import pytest

from orchestrator.files.yaml_file import parse_mapping
from orchestrator.messages.errors import StudyFileError, UserError
from orchestrator.places.profile_file import find_profile
from orchestrator.report.edges.table_file import read_reference, read_report_files
from orchestrator.study.read import read_study

NINE = ", ".join(["{0}"] * 9)
LAUGHS = "x0: &x0 [1]\n" + "".join(
    f"x{level}: &x{level} [{NINE.format(f'*x{level - 1}')}]\n" for level in range(1, 12)
)
NESTED = "x0: &x0 {a: 1}\n" + "".join(
    f"x{level}: &x{level} {{a{level}: *x{level - 1}, b{level}: *x{level - 1}}}\n" for level in range(1, 30)
)
MERGED = "x0: &x0 {a: 1}\n" + "".join(
    f"x{level}: &x{level} {{<<: [*x{level - 1}, *x{level - 1}]}}\n" for level in range(1, 25)
)
HURTFUL = {
    "a tag that calls": "study: !!python/object/apply:os.system ['touch canary']\n",
    "a tag that imports": "study: !!python/module:canary x\n",
    "billion laughs": f"study: s\n{LAUGHS}",
    "billion keys": f"study: s\n{NESTED}",
    "merged into itself": f"study: s\n{MERGED}",
    "brackets": f"study: {'[' * 400}",
    "braces": "study: " + "{a: " * 400 + "}" * 400,
    "deeper than anybody writes": "study: " + "[" * 60 + "]" * 60,
    "indented": "".join(f"{' ' * depth}a:\n" for depth in range(400)),
    "dashes": "- " * 2000 + "a",
    "question marks": "? " * 2000 + "a",
    "a number of 5000 digits": f"study: {'9' * 5000}\n",
    "a number of 65 bits": f"study: {2**64}\n",
    "no date": "study: 2020-99-99\n",
    "no number": "study: 0b_\n",
    "an escape": 'study: "\\e[31mred"\n',
    "an escape in a key": 'study: s\n"\\e[31mred": 1\n',
    "half a character": 'study: "\\ud800"\n',
    "ten megabytes": f"study: '{'a' * 10_000_000}'\n",
    "a NUL": "study: s\0\n",
}


@pytest.mark.parametrize("text", HURTFUL.values(), ids=HURTFUL)
def test_a_study_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "canary.py").write_text("open('canary', 'w').close()")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"s\.yaml"):
        read_study(tmp_path / "s.yaml")
    assert not (tmp_path / "canary").exists()


TOLD = {
    "a tag that calls": "the tag `.*os.system` is not allowed",
    "billion laughs": "more than 100,000 values",
    "billion keys": "more than 100,000 values",
    "braces": "more than 40 deep",
    "deeper than anybody writes": "more than 40 deep",
    "a number of 5000 digits": "`9+…9+` is no value",
    "a number of 65 bits": "has more than 64 bits",
    "no date": "`2020-99-99` is no value",
    "an escape": r"the text has the character '\\x1b' in it",
    "an escape in a key": r"the text has the character '\\x1b' in it",
    "half a character": r"the text has the character '\\ud800' in it",
}


@pytest.mark.parametrize(("name", "told"), TOLD.items(), ids=TOLD)
def test_what_is_wrong_is_said(name: str, told: str) -> None:
    with pytest.raises(StudyFileError, match=f"f:1: .*{told}"):
        parse_mapping(HURTFUL[name].removeprefix("study: s\n"), "f")


@pytest.mark.parametrize("text", HURTFUL.values(), ids=HURTFUL)
def test_a_report_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"r\.yaml"):
        read_report_files([tmp_path / "r.yaml"])


@pytest.mark.parametrize("text", HURTFUL.values(), ids=HURTFUL)
def test_reference_results_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.yaml").write_text(f"tables: 1\n{text}", encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"r\.yaml"):
        read_reference(tmp_path / "r.yaml")


@pytest.mark.parametrize("text", HURTFUL.values(), ids=HURTFUL)
def test_a_profile_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(UserError, match=r"p\.yaml"):
        find_profile(str(tmp_path / "p.yaml"))


@pytest.mark.parametrize(
    "name", ["a\\0b", "a" * 300, ".", "/dev/zero", "/proc/self/mem", "../../../etc/shadow/x"]
)
@pytest.mark.parametrize("line", ['extends: "{0}"', 'studies: ["{0}"]', 'report: "{0}"'])
def test_a_file_that_leads_anywhere_is_told(tmp_path: Path, line: str, name: str) -> None:
    text = f"{line.format(name)}\nstudy: s\nstages: {{a: {{task: tests.toy_tasks.train}}}}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StudyFileError, match=r"s\.yaml|/proc/"):
        read_report_files([Path(report) for report in read_study(tmp_path / "s.yaml").reports])


def test_files_that_name_each_other_twice_are_counted(tmp_path: Path) -> None:
    for level in range(20):
        text = f"study: s{level}\nstudies: [{level + 1}.yaml, {level + 1}.yaml]\n"
        (tmp_path / f"{level}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "20.yaml").write_text("study: end\n", encoding="utf-8")

    with pytest.raises(StudyFileError, match="more than 100 files"):
        read_study(tmp_path / "0.yaml")


AXES = f"axes: {{a: &many {list(range(1000))}, b: *many, c: *many, seed: [0]}}\n"
SPACE = "sampler: grid, space: {lr: *many, epochs: *many}, objective: {minimize: loss}"


@pytest.mark.parametrize(
    "stage", ["over: [a, b, c]", f"search: {{{SPACE}}}", f"over: [seed, a], search: {{{SPACE}}}"]
)
def test_a_stage_of_a_billion_trials_is_told(tmp_path: Path, stage: str) -> None:
    text = f"study: s\n{AXES}stages: {{x: {{task: tests.toy_tasks.train, {stage}}}}}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StudyFileError, match="at most 100,000 are trained"):
        read_study(tmp_path / "s.yaml")


@pytest.mark.parametrize("key", ["time", "memory"])
def test_an_amount_of_a_million_digits_is_told(tmp_path: Path, key: str) -> None:
    text = f"study: s\nshapes: {{a: {{{key}: '{'9' * 10**6}'}}}}\nstages: {{}}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StudyFileError, match="is not a"):
        read_study(tmp_path / "s.yaml")
