"""What `submit` fixes for everything that follows: the study, its code, its data and where it is trained."""

from __future__ import annotations

import shlex

from pydantic import Field

from orchestrator.places.profile import Profile
from orchestrator.study.study import Study
from orchestrator.study.trial import Stored


class Submission(Stored):
    """The newest `submit` of a study."""

    study: Study
    code: str
    """Hash of the code snapshot."""
    data: str
    """Folder of the datasets."""
    profile: Profile
    reports: tuple[str, ...] = ()
    """Table definitions, as absolute paths."""
    given: str
    """The study file that was submitted."""
    text: str = ""
    """What stood in it."""
    words: tuple[str, ...] = ()
    """What was typed beside it: the cluster, what `--set` and `--only` changed, and `--cpu`."""
    fresh: dict[str, str] = Field(default_factory=dict)
    """Stages that `--fresh` trains again, those that are left out this time too -> the code as of which."""
    time: float = 0.0

    @property
    def again(self) -> str:
        """The command that goes on with the study."""
        return shlex.join(["python", "-m", "orchestrator", "submit", self.given, *self.words])
