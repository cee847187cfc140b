"""A plain intent, and launches that begin with it."""

from pathlib import Path
from typing import Any

from orchestrator.places.job_log import Intent, JobLog, Launch
from orchestrator.study.shape import Shape

INTENT = Intent(
    token="t",  # noqa: S106 - a job name
    cluster="dev",
    kind="workers",
    shape=Shape(),
    count=2,
    code="c",
    starter="local:h:1:2",
    time=0,
)


def begun(study: Path, number: int = 1, **changes: Any) -> Launch:
    """Return a launch in a study's folder: two workers for `dev`, but for what is changed."""
    launch = JobLog(study).begin(number, INTENT.model_copy(update=changes))
    assert launch is not None
    return launch
