from pathlib import Path

import pytest

from tests.verbs.conftest import Type


@pytest.mark.parametrize("verb", ["plan", "submit", "drill"])
def test_a_cluster_that_there_is_not_is_told(type_: Type, path: Path, verb: str) -> None:
    assert "there is no cluster `nowhere`" in type_(verb, str(path), "--cluster", "nowhere").err


@pytest.mark.parametrize("verb", ["plan", "submit", "drill"])
def test_values_of_the_file_are_overridden(type_: Type, path: Path, verb: str) -> None:
    assert "did you mean `train`?" in type_(verb, str(path), "--set", "trian.lr=1").err


def test_the_folder_of_the_datasets_may_be_named(type_: Type, path: Path, tmp_path: Path) -> None:
    assert "not found" not in type_("plan", str(path), "--data", str(tmp_path)).err


def test_the_environment_names_the_folder_of_the_datasets(
    type_: Type, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_DATA", str(tmp_path))

    assert "not found" not in type_("plan", str(path)).err


@pytest.mark.parametrize("words", [("--runs",), ("--nonsense",), ("--only",)], ids=str)
def test_an_option_that_is_not_whole_ends_with_2(type_: Type, path: Path, words: tuple[str, ...]) -> None:
    assert type_("plan", str(path), *words).code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("plan", ""),
        ("plan", "study.yaml", "--runs", ""),
        ("plan", "study.yaml", "--data", ""),
        ("report", "toy", "--out", ""),
        ("doctor", "--write", ""),
    ],
    ids=str,
)
def test_an_empty_path_does_not_mean_the_present_folder(type_: Type, words: tuple[str, ...]) -> None:
    done = type_(*words)

    assert done.code == 2
    assert "the path is empty" in done.err
