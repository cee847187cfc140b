from pathlib import Path

import pytest

from orchestrator.doctor.edges import probe_job
from orchestrator.messages.errors import UserError
from orchestrator.places.profile import Profile
from orchestrator.places.slurm.command import AnswerError
from orchestrator.study.shape import Shape
from tests.captured_slurm import SlurmFake

PARAMETERS = {
    "job_name": "doctor-1",
    "time": 10,
    "mem": "4096MB",
    "array_parallelism": 1,
    "stderr_to_stdout": True,
    "setup": ["module load it's", "export PYTHONPATH=/code"],
    "additional_parameters": {"no-requeue": True, "gres": "gpu:k40:1", "signal": "USR2@20"},
}
SCRIPT = """\
#!/bin/bash
#SBATCH --job-name=doctor-1
#SBATCH --time=10
#SBATCH --mem=4096MB
#SBATCH --no-requeue
#SBATCH --gres=gpu:k40:1
#SBATCH --signal=USR2@510
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --output='/a folder/job.log'
module load it's
echo $? 'module load it'"'"'s' >>'/a folder'/setup.txt
export PYTHONPATH=/code
srun --unbuffered --output='/a folder'/node-%t.log sh '/a folder'/begin.sh
"""
JOB = "JobId=7 JobName=a Requeue=0 JobState=RUNNING Reason=None EndTime=2026-01-01T00:00:00 NodeList=n[1-2]\n"


def test_the_script_is_that_of_a_worker_but_for_nodes_and_signal() -> None:
    assert probe_job.script(PARAMETERS, ["module load it's"], Path("/a folder"), 2, 510) == SCRIPT


def test_a_job_is_submitted_once(slurm_fake: SlurmFake, tmp_path: Path) -> None:
    slurm_fake.answer("sbatch", "7;dev\n")
    job = probe_job.submit(tmp_path, Profile(name="p"), Shape(), 2, 510)

    assert job == "7"
    assert slurm_fake.calls() == [f"sbatch --parsable {tmp_path}/job.sh"]


def test_a_refusal_is_told_in_the_words_of_sbatch(slurm_fake: SlurmFake, tmp_path: Path) -> None:
    slurm_fake.fail("sbatch", "sbatch: error: invalid partition")

    with pytest.raises(AnswerError, match="invalid partition"):
        probe_job.submit(tmp_path, Profile(name="p"), Shape(), 2, 510)


def test_a_folder_that_sbatch_reads_in_its_own_way_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="100%"):
        probe_job.submit(tmp_path / "100%", Profile(name="p"), Shape(), 2, 510)


def test_what_slurm_says_of_a_job(slurm_fake: SlurmFake) -> None:
    slurm_fake.answer("scontrol", JOB)
    sight = probe_job.look_at_job("7")

    assert sight is not None
    assert (sight.state, sight.requeue, sight.end is None) == ("RUNNING", False, False)


def test_a_job_that_slurm_has_forgotten(slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("scontrol", "slurm_load_jobs error: Invalid job id specified")

    assert probe_job.look_at_job("7") is None


def test_a_controller_that_is_silent_says_nothing_about_a_job(slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("scontrol", "Unable to contact slurm controller")

    with pytest.raises(AnswerError):
        probe_job.look_at_job("7")


def test_codes_of_setup_lines(tmp_path: Path) -> None:
    (tmp_path / "setup.txt").write_text("0 module purge\n1 module load x\n")

    assert probe_job.setup_codes(tmp_path) == [(0, "module purge"), (1, "module load x")]
