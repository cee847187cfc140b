"""`clean` beside `submit`, and beside another `clean`, in each order.

The steps of `submit` are snapshot, study.json, look; those of `clean` are aside, ask, out or back.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine import submit
from orchestrator.engine.clean import find_removable, remove
from orchestrator.engine.observe import read_submission
from orchestrator.engine.submit import write_submission
from orchestrator.evidence.edges import leftovers
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.edges.snapshot import Snapshot, take_snapshot
from orchestrator.evidence.removable import CODE
from orchestrator.places.profile import LOCAL
from orchestrator.study.read import read_study


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a study that was submitted from it, and then changed and submitted again."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "path", [*sys.path])
    given = "study: faces\nstages: {train: {task: tests.toy_tasks.train}}\n"
    (project / "s.yaml").write_text(given)
    return project


Submit = Callable[[], str]


@pytest.fixture
def submit_(project: Path, runs: RunFolder) -> Submit:
    """Give what submits the study and returns its code."""

    def submitted() -> str:
        given = project / "s.yaml"
        return write_submission(read_study(given), runs, LOCAL, project / "data", given).code

    return submitted


@pytest.fixture
def old(project: Path, submit_: Submit) -> str:
    """Give code that was submitted, and that other code has followed."""
    code = submit_()
    (project / "more.txt").touch()
    submit_()
    (project / "more.txt").unlink()
    return code


def is_whole(runs: RunFolder, code: str) -> bool:
    folder = runs.study("faces") / "code"
    rest = {path.name for path in folder.iterdir() if path.name.startswith(".")}
    return (
        not rest and (folder / code / "tests/toy_tasks.py").is_file() and (folder / f"{code}.json").is_file()
    )


def before(step: str, at: Any, do: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something once, right before the next time that a function is called."""
    real: Callable[..., Any] = getattr(at, step)

    def first_this(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(at, step, real)
        do()
        return real(*given, **named)

    monkeypatch.setattr(at, step, first_this)


def cleaner(runs: RunFolder) -> Callable[[], None]:
    """Return what removes the code that can be removed at this moment."""
    can = find_removable(runs, "faces", (CODE,)).leftovers
    return lambda: [remove(runs, "faces", one) for one in can] and None


def test_cleaned_between_snapshot_and_submission(
    runs: RunFolder, old: str, submit_: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = cleaner(runs)
    before("write_beside", submit, clean, monkeypatch)

    assert submit_() == old
    assert is_whole(runs, old)


def test_cleaned_between_snapshot_and_submission_while_the_project_changes(
    runs: RunFolder, old: str, project: Path, submit_: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = cleaner(runs)

    def clean_and_change() -> None:
        clean()
        (project / "new.txt").touch()

    before("write_beside", submit, clean_and_change, monkeypatch)
    code = submit_()

    assert code != old
    assert read_submission(runs, "faces").code == code
    assert is_whole(runs, code)


@pytest.mark.parametrize("step", ["set_code_aside", "put_code_back", "set_gone"])
def test_submitted_before_a_step_of_clean(
    runs: RunFolder, old: str, submit_: Submit, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before it is set aside, put back (which the second submission brings about), or sent on its way out."""
    clean = cleaner(runs)
    before(step, leftovers, submit_, monkeypatch)
    if step == "put_code_back":
        before("_named_now", sys.modules["orchestrator.engine.clean"], submit_, monkeypatch)
    clean()

    assert read_submission(runs, "faces").code == old
    assert is_whole(runs, old)


def test_submitted_between_aside_and_the_question(
    runs: RunFolder, old: str, submit_: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, real = cleaner(runs), leftovers.set_code_aside

    def then_submit(folder: Path, code: str) -> bool:
        done = real(folder, code)
        submit_()
        return done

    monkeypatch.setattr(leftovers, "set_code_aside", then_submit)
    clean()

    assert is_whole(runs, old)


def test_a_submission_that_was_written_gets_its_code_back(
    runs: RunFolder, old: str, submit_: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clean sets aside after the look of `submit`, having asked before its study.json was there."""
    clean = cleaner(runs)
    inode = (runs.study("faces") / "code" / old).stat().st_ino
    before("set_code_aside", leftovers, submit_, monkeypatch)
    clean()

    assert (runs.study("faces") / "code" / old).stat().st_ino == inode


def test_another_clean_between_aside_and_the_question(
    runs: RunFolder, old: str, submit_: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, other, real = cleaner(runs), cleaner(runs), leftovers.set_code_aside

    def then_clean(folder: Path, code: str) -> bool:
        done = real(folder, code)
        monkeypatch.setattr(leftovers, "set_code_aside", real)
        submit_()
        other()
        cleaner(runs)()
        return done

    monkeypatch.setattr(leftovers, "set_code_aside", then_clean)
    clean()

    assert is_whole(runs, old)


def test_a_snapshot_is_taken_from_whatever_is_left_of_it(runs: RunFolder, old: str, project: Path) -> None:
    """What `clean` has set aside is no snapshot for `submit`."""
    folder = runs.study("faces") / "code"
    leftovers.set_code_aside(folder, old)
    taken = take_snapshot(project, ["tests"], folder, without=[project / "s.yaml"])

    assert taken == Snapshot(old)
    assert (folder / old / "tests/toy_tasks.py").is_file()
