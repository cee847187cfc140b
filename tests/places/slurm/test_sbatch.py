from pathlib import Path

import pytest

from orchestrator.places.job_log import Intent
from orchestrator.places.profile import Profile
from orchestrator.places.slurm.sbatch import job_parameters
from orchestrator.study.shape import Shape

PROFILE = Profile(name="p", partition="gpu", account="acc", gres="gpu:v100", setup=("module load x",))
INTENT = Intent(
    token="study-ab-0001",  # noqa: S106 - a job name
    cluster="p",
    kind="workers",
    shape=Shape(gpus=2, cpus=6, memory="24GB", time="20h"),
    count=3,
    code="c",
    starter="local:h:1:2",
    time=0,
)


def test_what_submitit_is_told() -> None:
    assert job_parameters(PROFILE, INTENT, Path("/code it")) == {
        "job_name": "study-ab-0001",
        "comment": "study-ab-0001",
        "partition": "gpu",
        "time": 1200,
        "cpus_per_task": 6,
        "mem": "24576MB",
        "array_parallelism": 3,
        "stderr_to_stdout": True,
        "setup": [
            "export ORCHESTRATOR_JOB_BEGAN=$(date +%s)",
            "module load x",
            "cd '/code it'",
            "export PYTHONPATH='/code it'${PYTHONPATH:+:$PYTHONPATH}",
            "export OMP_NUM_THREADS=6 SRUN_CPUS_PER_TASK=6",
        ],
        "additional_parameters": {
            "chdir": "/code it",
            "no-requeue": True,
            "signal": "USR2@120",
            "account": "acc",
            "gres": "gpu:v100:2",
        },
    }


def test_a_sentinel_waits_for_whole_arrays() -> None:
    sentinel = INTENT.model_copy(update={"kind": "sentinel", "after": ("slurm:7_1", "slurm:7_0", "slurm:9")})

    assert (
        job_parameters(PROFILE, sentinel, Path("/c"))["additional_parameters"]["dependency"] == "afterany:7:9"
    )


def options(profile: Profile = PROFILE, **shape: object) -> dict[str, object]:
    """Return the options of a launch whose shape says so."""
    intent = INTENT.model_copy(update={"shape": INTENT.shape.model_copy(update=shape)})
    told = job_parameters(profile, intent, Path("/c"))
    found: dict[str, object] = told["additional_parameters"]
    return {**found, "partition": told["partition"]}


@pytest.mark.parametrize(
    ("shape", "key", "value"),
    [
        ({"partition": "long"}, "partition", "long"),
        ({"account": "lab"}, "account", "lab"),
        ({"qos": "high"}, "qos", "high"),
        ({"constraint": "ib&avx512"}, "constraint", "ib&avx512"),
        ({"gpu": "a100"}, "gres", "gpu:a100:2"),
        ({"exclusive": True}, "exclusive", True),
        ({"sbatch": {"nice": 100}}, "nice", 100),
        ({"nodes": 2}, "nodes", 2),
        ({"nodes": 2}, "ntasks-per-node", 1),
    ],
)
def test_what_a_shape_says_goes_before_the_profile(shape: dict[str, object], key: str, value: object) -> None:
    profile = PROFILE.model_copy(update={"sbatch": {"qos": "low", "constraint": "any", "nice": 1}})

    assert options(profile, **shape)[key] == value


def test_an_option_that_is_false_is_left_out() -> None:
    profile = PROFILE.model_copy(update={"sbatch": {"contiguous": True}})

    assert "contiguous" not in options(profile, sbatch={"contiguous": False})


def test_a_sentinel_has_the_profiles_placement() -> None:
    sentinel = INTENT.model_copy(update={"kind": "sentinel", "shape": Shape()})

    assert job_parameters(PROFILE, sentinel, Path("/c"))["partition"] == "gpu"
