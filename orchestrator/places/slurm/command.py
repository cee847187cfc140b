"""Commands of Slurm: called without what the user's variables would change, and believed only when whole."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEPT = {"SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT"}
"""Where the cluster is and who asks; everything else that these commands read would change what they do."""
_HIDDEN = ("SLURM_", "SBATCH_", "SRUN_", "SQUEUE_", "SCANCEL_", "SALLOC_", "SACCT_", "SCONTROL_", "SINFO_")
_PATIENCE_S = 60


class AnswerError(Exception):
    """A command of Slurm is not there, fails or does not answer in time."""


def scheduler_environment() -> dict[str, str]:
    """Return the environment for commands of Slurm, without what would change their answers or the jobs."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(_HIDDEN) or name in _KEPT
    }


def ask(command: Sequence[str], patience_s: float = _PATIENCE_S) -> str:
    """Return what a command prints.

    Raises AnswerError with the reason when it does not, or when it complains of an error.
    """
    try:
        done = subprocess.run(
            command,
            env=scheduler_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience_s,
            check=False,
        )
    except FileNotFoundError:
        raise AnswerError(f"there is no `{command[0]}` here") from None
    except OSError as error:
        raise AnswerError(f"`{command[0]}` cannot be called: {error.strerror}") from None
    except subprocess.TimeoutExpired as error:
        words = (error.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
        silent = f"`{' '.join(command)}` does not answer within {patience_s:g} s"
        raise AnswerError(": ".join([silent, *words])) from None
    if done.returncode != 0 or "error" in done.stderr.lower():
        lines = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
        raise AnswerError(lines[-1].strip())
    return done.stdout


def answer(command: Sequence[str], patience_s: float) -> str | None:
    """Return what a command prints; None when it does not, whatever the reason."""
    try:
        return ask(command, patience_s)
    except AnswerError:
        return None
