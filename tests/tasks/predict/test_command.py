"""The command line, typed as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.predict import __main__ as command
from tests.tasks.predict.conftest import Runs


def test_line_and_files_of_two_pictures(
    runs: Runs, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial, out = runs.add(synthetic=1.0).path.name, tmp_path / "out"
    given = [trial, str(picture), "--runs", str(runs.path), str(picture), "--out", str(out)]
    assert command.main(given) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{picture}: light dark 0.67, bright 0.33; mask covers 33.3%; {out}/{stem}.json"
        for stem in ("anna", "anna-2")
    ]
    assert said.err == "note: trained on drawn faces: its answers say nothing about real ones\n"
    assert len(list(out.iterdir())) == 6


def test_json_is_one_list(runs: Runs, picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = picture.parent / "out"
    assert command.main([str(runs.add().path), str(picture), "--json", "--out", str(out)]) == 0
    assert json.loads(capsys.readouterr().out) == [json.loads((out / "anna.json").read_text())]


def test_files_lie_in_a_folder_of_the_trial(
    runs: Runs, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(picture.parent)
    monkeypatch.setenv("ORCHESTRATOR_RUNS", str(runs.path))
    trial = runs.add().path.name.rpartition("-")[2]
    assert command.main([trial[:6], "anna.png"]) == 0
    assert sorted(path.name for path in Path("predictions", trial).iterdir()) == [
        "anna.json",
        "anna_cutout.png",
        "anna_mask.png",
    ]


def test_bad_picture_is_told_and_nothing_is_written(
    runs: Runs, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(runs.add().path), str(picture), str(tmp_path / "none.png"), "--out", str(tmp_path / "out")]
    assert command.main(given) == 2
    assert "none.png` is not there\nhint: " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "no picture was given\nhint: "),
        (["--serve", "a.png"], "--serve takes no pictures, 1 were given\nhint: "),
        (["a.png", "--port", "1"], "--port is for the page alone\nhint: "),
    ],
)
def test_words_that_do_not_fit_are_told(
    runs: Runs, given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(runs.add().path), *given]) == 2
    assert told in capsys.readouterr().err


def test_two_trials_have_a_line_and_a_folder_each(
    runs: Runs, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trials = [runs.add(seed=seed).path for seed in range(2)]
    assert command.main([*map(str, trials), str(picture), "--out", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        f"tests.tasks.predict.bright seed={seed}" for seed in range(2)
    ]
    found = sorted(path.parent.name for path in (tmp_path / "out").glob("*/anna.json"))
    assert found == sorted(path.name.rpartition("-")[2] for path in trials)


def test_folder_that_cannot_be_made_is_told(
    runs: Runs, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(runs.add().path), str(picture), "--out", str(picture / "out")]) == 1
    assert "--out" in capsys.readouterr().err


def test_module_can_be_run_and_says_what_it_takes() -> None:
    typed = [sys.executable, "-m", "tasks.predict", "--help"]
    assert "--serve" in subprocess.run(typed, capture_output=True, text=True, check=True).stdout


def test_command_imports_nothing_heavy() -> None:
    heavy = "{'torch', 'torchvision', 'gradio', 'safetensors'}"
    code = f"import tasks.predict.__main__, sys; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
