"""Lanes: rows of test files that one process runs one after the other, while others run other lanes."""

from xdist.scheduler import LoadScopeScheduling

CLUSTERS = (
    (
        "tests/slurm/test_dev_boot.py",
        "tests/slurm/test_dev_cluster.py",
        "tests/slurm/test_doctor.py",
        "tests/slurm/test_studies.py",
        "tests/slurm/test_drill.py",
        "tests/slurm/test_losses.py",
        "tests/security/test_real_slurm.py",
    ),
    (
        "tests/slurm/test_soak.py",
        "tests/slurm/test_submission.py",
        "tests/slurm/test_commands.py",
        "tests/slurm/test_pruning.py",
        "tests/slurm/test_several_nodes.py",
    ),
    ("tests/slurm/test_dev_shared.py", "tests/slurm/test_soak_shared.py"),
)
"""The files that want a real Slurm; each row has a development cluster to itself."""
SHARED_CLUSTER = 2
"""The one of the last row, whose nodes share a folder over a network (`tests/shared_fixture.py`)."""
TOGETHER = {"tests/tasks/test_recorded_numbers.py": "tests/tasks/test_resume.py"}
"""Files that look at what another one has trained: they run in its lane."""
LONGEST = (
    "cluster 1",
    "cluster 0",
    "cluster 2",
    "tests/shipped/test_quickstart.py",
    "tests/drill/test_drill.py",
    "tests/tasks/test_resume.py",
    "tests/engine/test_any_course.py",
    "tests/engine/test_crash_points.py",
    "tests/engine/test_full_or_silent.py",
)
"""The lanes that are begun first, so that none of them is left over at the end."""


def cluster_of(file: str) -> int:
    """Return the number of the cluster of a file; raise LookupError for one without."""
    for number, files in enumerate(CLUSTERS):
        if file in files:
            return number
    raise LookupError(f"`{file}` wants a cluster: name it in tests/lanes.py, or lanes disturb each other")


def lane_of(test: str) -> str:
    """Return the lane of a test: that of its cluster, else its file."""
    file = test.partition("::")[0]
    try:
        return f"cluster {cluster_of(file)}"
    except LookupError:
        return TOGETHER.get(file, file)


def place_of(test: str) -> int:
    """Return where a test's lane stands in the order in which lanes begin."""
    lane = lane_of(test)
    return LONGEST.index(lane) if lane in LONGEST else len(LONGEST)


class Lanes(LoadScopeScheduling):
    """Gives processes whole lanes, in the order in which their tests were collected.

    A process is given its next lane as soon as two tests are left: a lane must not end with long ones.
    """

    def _split_scope(self, nodeid: str) -> str:
        return lane_of(nodeid)
