from orchestrator.api.follow import counted
from orchestrator.evidence.judge import judge
from orchestrator.study.plan import Plan


def test_a_study_without_trials_says_so() -> None:
    nothing = judge(Plan(study="s", trials=(), openings=(), undecided={}), {})

    assert counted(nothing) == "no trial yet"
