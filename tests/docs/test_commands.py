"""The page about commands works as printed: its files in an empty folder, its commands typed."""

import shutil
from pathlib import Path

import pytest

from tests.docs.following import save, type_line
from tests.docs.pages import page
from tests.toy_fixture import Toy

PAGE = page("commands.md")
*_, OTHERS = PAGE.all("yaml")
MAKEFILE = 'train:\n\tprintf \'#!/bin/sh\\necho loss=$$1\\n\' > "$(OUT)"\n\tchmod +x "$(OUT)"\n'
FIT = "import json, sys; json.dump({'loss': float(sys.argv[3])}, open('fit.json', 'w'))"

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Toy:
    """Return an empty folder, with a space in its name."""
    (tmp_path / "a folder").mkdir()
    return Toy(tmp_path / "a folder")


def losses(folder: Toy, study: str, stage: str) -> list[float]:
    return [folder.result(trial["id"])["metrics"]["loss"] for trial in folder.trials(study, stage)]


def test_the_script_of_the_page_is_swept_as_it_says(folder: Toy) -> None:
    save(PAGE, folder.folder)
    done = [type_line(line, folder.folder) for line in PAGE.typed]

    assert [each.returncode for each in done] == [0, 0, 0], done
    assert losses(folder, "script", "train")[6:] == pytest.approx(
        [0.2**10, 4 * 0.2**10, 9 * 0.2**10], abs=1e-6
    )


def test_a_script_with_hydra_takes_its_overrides(folder: Toy) -> None:
    save(PAGE, folder.folder)
    folder.type("submit", "hydra.yaml")

    assert losses(folder, "hydra", "train") == [0.0, 0.0, 0.08, 0.64]
    assert len(list((folder.folder / "runs").glob("trials/*/*/artifacts/.hydra/config.yaml"))) == 4


@pytest.mark.skipif(not shutil.which("make"), reason="NOT TESTED: make is not installed")
def test_a_program_that_make_builds_is_as_good(folder: Toy) -> None:
    (folder.folder / "Makefile").write_text(MAKEFILE)
    for name in ("fit.R", "solve.jl"):
        (folder.folder / name).touch()
    folder.study(OTHERS)
    folder.type("submit", "study.yaml", "--only", "train")

    assert losses(folder, "others", "train") == [0.1, 0.2]


def test_a_program_of_another_language_is_as_good(folder: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.folder / "bin").mkdir()
    program = folder.folder / "bin/Rscript"
    program.write_text(f'#!/bin/sh\nshift; exec python3 -c "{FIT}" "$@"\n'.replace("argv[3]", "argv[2]"))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder.folder / "bin"), prepend=":")
    for name in ("fit.R", "solve.jl"):
        (folder.folder / name).touch()
    folder.study(OTHERS)
    folder.type("submit", "study.yaml", "--only", "fit")

    assert losses(folder, "others", "fit") == [0.1, 0.1, 0.2, 0.2]
