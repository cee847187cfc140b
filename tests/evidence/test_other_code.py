from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.other_code import OtherCode, other_code
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Study
from tests.tracked_study import points, stage

STUDY = Study(name="s", stages=(stage("a", points(seed=[0, 1, 2])), stage("b", points(seed=[0]))))


def done_by(*codes: str) -> Seen:
    plan = expand(STUDY, Known())
    results = [Result(metrics={}, attempt=1, time=0, seconds=1, code=code) for code in codes]
    pairs = zip(plan.trials, results, strict=False)
    return judge(plan, {trial.id: Evidence(result=result) for trial, result in pairs})


def test_what_now_s_code_made_is_not_told() -> None:
    assert other_code(STUDY, done_by("now", "now"), "now") == []


def test_results_of_other_code_are_counted() -> None:
    told = other_code(STUDY, done_by("now", "old", "older", "now"), "now")

    assert told == [OtherCode(stage="a", results=3, codes={"old": 1, "older": 1})]
