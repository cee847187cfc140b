from collections import Counter
from pathlib import Path

from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Attempt, Evidence
from orchestrator.evidence.state import Seen, State
from orchestrator.report.edges.trial_reading import log_end, read_details
from orchestrator.report.table import Cell, Row, Table
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Trial

TRIAL = Trial(id="abcd", stage="s", task="t", version=1, params={}, seed=0, needs={}, axes={})
ROW = Row(path=("r",), cells=(Cell(metric="iou", trials=("abcd",)),))
TABLE = Table(id="t", title="T", stage="s", columns=(("c",),), rows=(ROW,))
BEGUN = Evidence(attempts=(Attempt(number=1, claim=None, alive=True),))
SEEN = Seen(
    plan=Plan(study="s", trials=(TRIAL,), openings=(), undecided=Counter()),
    evidence={"abcd": BEGUN},
    states={"abcd": State.RUNNING},
)


def test_curve_and_log_of_a_trial_are_read(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    folder = runs.trial(TRIAL).attempt(1)
    folder.mkdir(parents=True)
    lines = ('{"step": 0, "metrics": {"iou": 0.1}}', '{"step": 1, "metrics": {"iou": 0.2}}', "torn")
    (folder / "metrics.jsonl").write_text("\n".join(lines))
    (folder / "log.txt").write_text("hello\x1b[2J\n")
    (known,) = read_details(runs, [TABLE], SEEN, str).trials

    assert known.curves == {"iou": ((0, 0.1), (1, 0.2))}
    assert known.log == "hello\N{REPLACEMENT CHARACTER}[2J"


def test_a_trial_without_an_attempt_has_no_log(tmp_path: Path) -> None:
    assert log_end(TrialFolder(tmp_path)) == ""


def test_a_log_that_is_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "attempts" / "001" / "log.txt").mkdir(parents=True)

    assert log_end(TrialFolder(tmp_path)) == ""
