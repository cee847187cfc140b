import json
from pathlib import Path

import pytest

from benchmarks.page import MODELS, REPORT, SEEDS, made, spread, submission
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.report.report import write_report

MEGABYTE = 1_000_000


@pytest.mark.slow
def test_a_page_holds_little_of_each_trial(tmp_path: Path) -> None:
    report = tmp_path / "report.yaml"
    report.write_text(json.dumps(REPORT))
    runs, given = RunFolder(tmp_path / "runs"), submission(2, report)
    found = write_report(runs, given, made(runs, given), tmp_path / "out")
    trials = 2 * MODELS * SEEDS

    assert len(found.details.trials) == trials
    assert (tmp_path / "out" / "report.html").stat().st_size < MEGABYTE + 2000 * trials


def test_a_spread_has_its_ends() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.00 s (1.00 to 3.00 of 3)"
