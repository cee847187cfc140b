"""What all tests share."""

pytest_plugins = [
    "tests.cluster_fixture",
    "tests.study_fixture",
    "tests.toy_fixture",
    "tests.mlflow_fixture",
    "tests.captured_slurm",
    "tests.squeue_fixture",
]
