import json
import math
from pathlib import Path

from orchestrator.engine.command_places import members_file, write_members
from orchestrator.evidence.edges.run_folder import RunFolder
from tests.engine.test_members import MEAN, finished


def test_a_metric_that_is_not_finite_is_null_in_the_file_of_gathered_trials(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    finished(runs, "ab00", math.nan)
    finished(runs, "cd01", 0.25)
    folder = runs.trial(MEAN)
    write_members(folder, MEAN)

    listed = json.loads(members_file(folder, "both").read_text())
    assert [trial["metrics"] for trial in listed] == [{"loss": 0.25}, {"loss": None}]
