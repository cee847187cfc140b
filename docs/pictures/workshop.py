"""Where pictures are made: run folders, reports, a browser, folders to type in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.browser.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selenium.webdriver import Chrome

ROOT = Path(__file__).resolve().parents[2]
UI_IS_WRITTEN = "stays current"
"""What `ui` says once all trials are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A study that is shown."""

    name: str
    file: str
    """Its study file, as it is typed in the folder `root`."""
    root: Path = ROOT
    opened: str = "main table[data-table] td button"
    """The number of its page that is shown opened, as a selector."""
    plan: tuple[str, ...] = ()
    """What is typed behind `plan`."""
    table: tuple[str, ...] = ()
    """What is typed behind `table`."""
    under_way: float = 0.4
    """The share of trials that are done when it is shown while it goes on."""


QUICKSTART = Subject(
    name="quickstart",
    file="grids/quickstart.yaml",
    opened="#table_5_1 tbody tr:nth-child(2) td:nth-of-type(1) button",
    plan=("--only", "elfw_classes"),
)
DIGITS = Subject(
    name="digits",
    file="grids/digits.yaml",
    opened="#optimizers tbody tr:nth-child(2) td:nth-of-type(2) button",
    table=("--columns", "lr", "--compare", "sgd"),
)


@dataclass
class Workshop:
    """What pictures are made from; all of it lies in one folder, and what is handed is copied there."""

    folder: Path
    handed: Mapping[str, Path] = field(default_factory=dict)
    """Name of a study -> a run folder in which it is finished; others are trained."""
    many: Subject = QUICKSTART
    """The study with many stages and tables."""
    plain: Subject = DIGITS
    """The study with one stage, seeds and curves."""
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @cached_property
    def browser(self) -> Chrome:
        """A browser, closed with the workshop."""
        return self._open.enter_context(chromium(self.folder / "chromium"))

    @cached_property
    def trials_page(self) -> str:
        """The address of MLflow's page with the trials of the plain study, all of them written."""
        served = self._open.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "orchestrator", "ui", self.plain.name],
                cwd=self.finished(self.plain),
                env=environment(),
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        self._open.callback(served.terminate)
        said = []
        for line in served.stderr or ():
            said.append(line)
            if UI_IS_WRITTEN in line:
                break
        addresses: list[str] = re.findall(r"http://\S+", "".join(said))
        if not addresses:
            raise OSError("`ui` ended without an address:\n" + "".join(said))
        return addresses[0]

    def typing(self, subject: Subject, kind: str = "done") -> Path:
        """Return a folder with all that lies in that of a study, and with `runs` of its own for each kind."""
        folder = self.folder / f"{subject.name}-{kind}"
        if not folder.exists():
            (folder / "runs").mkdir(parents=True)
            for path in subject.root.iterdir():
                if not path.name.startswith((".", "runs")):
                    (folder / path.name).symlink_to(path)
        return folder

    def finished(self, subject: Subject) -> Path:
        """Return a folder to type in, where a study is finished; it is trained where nobody handed it."""
        folder = self.typing(subject)
        if not (folder / "runs/studies" / subject.name).exists():
            if subject.name in self.handed:
                shutil.copytree(self.handed[subject.name], folder / "runs", symlinks=True, dirs_exist_ok=True)
            else:
                self.type(subject, "submit", subject.file, "--runs", str(folder / "runs"))
        return folder

    def report(self, subject: Subject) -> Path:
        """Return the folder of a study's report, with its page and its paper."""
        folder = self.finished(subject) / "runs/studies" / subject.name / "report"
        if not (folder / "paper/paper.pdf").exists():
            self.type(
                subject, "report", subject.file, "--paper", "--runs", str(self.typing(subject) / "runs")
            )
        return folder

    def type(self, subject: Subject, *words: str) -> None:
        """Type a command in the folder of a study's project and wait for it."""
        subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            cwd=subject.root,
            env=environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )


def environment() -> dict[str, str]:
    """Return an environment in which `python` is this one and nobody has set anything of ours."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ORCHESTRATOR_")}
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    own["PYTHONPATH"] = str(ROOT)
    return own
