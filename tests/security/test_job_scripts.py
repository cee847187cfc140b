"""What a job script says is run by a shell: sbatch is a program here that does just that."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.security.test_run_folder import NAMES, NOTED, SHELL, STUDY, TOKEN, canaries, type_in

SBATCH = """#!/bin/bash
script="${@: -1}"
cp "$script" "$HOME/scripts/$$.sh"
echo "Submitted batch job $$"
SLURM_JOB_ID=$$ setsid bash "$script" >"$HOME/scripts/$$.log" 2>&1 &
"""
SRUN = """#!/bin/bash
while [[ "$1" == --* ]]; do [[ "$1" == --output ]] && shift; shift; done
exec "$@"
"""
PROFILE = {
    "name": "fake",
    "partition": "$(touch${IFS}canary)",
    "account": "`touch${IFS}canary`;#'\"",
    "sbatch": {"comment": SHELL, "mail-user": "a'; touch canary; '"},
    "max_workers": 1,
}


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """Give a folder with programs that are called as those of Slurm."""
    folder = tmp_path / "bin"
    (folder / "scripts").mkdir(parents=True)
    for name, text in {
        "sbatch": SBATCH,
        "srun": SRUN,
        "squeue": "#!/bin/sh\n",
        "scancel": "#!/bin/sh\n",
    }.items():
        (folder / name).write_text(text)
        (folder / name).chmod(stat.S_IRWXU)
    return folder


def test_a_job_script_runs_nothing_but_the_worker(tmp_path: Path, cluster: Path) -> None:
    folder = tmp_path / "$(touch canary) 'a' \"b\" `touch canary`; touch canary #"
    folder.mkdir()
    (folder / "toy.py").write_text(NOTED)
    (folder / "study.yaml").write_text(STUDY.format(notes=json.dumps([SHELL, *NAMES])))
    (folder / "fake.yaml").write_text(json.dumps(PROFILE))
    environ = {"PATH": f"{cluster}:{os.environ['PATH']}", "HOME": str(cluster), "HF_TOKEN": TOKEN}
    queued = type_in(folder, "submit", "study.yaml", "--cluster", "fake.yaml", **environ)
    done = type_in(folder, "watch", "s", "--every", "1", **environ)
    scripts = sorted((cluster / "scripts").glob("*.sh"))

    assert (queued.returncode, done.returncode) == (0, 0), queued.stderr + done.stderr
    assert scripts
    assert not canaries(tmp_path)
    assert all(TOKEN not in script.read_text() for script in scripts)
    assert not list((folder / "runs").rglob("*.pkl"))
