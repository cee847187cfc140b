from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Edge, Study
from orchestrator.verbs.never_starts import never_starts, never_starts_lines
from orchestrator.verbs.show import status_json
from tests.tracked_study import points, stage, submission

FOLDS = Edge(name="folds", stage="train", all=("fold",), require=2)
STUDY = Study(
    name="s",
    stages=(
        stage("train", points(fold=[0, 1], net=["x"], seed=[0])),
        stage("mean", points(net=["x"], k=[1, 2], seed=[0]), (FOLDS,)),
    ),
)


POINTS = "mean (net=x k=1 seed=0) and 1 more"


def lost() -> Seen:
    plan = expand(STUDY, Known())
    return judge(plan, {plan.trials[0].id: Evidence(cancelled=True)})


def test_too_few_results_are_told_with_what_to_type() -> None:
    first = expand(STUDY, Known()).trials[0].id

    assert never_starts_lines(STUDY, lost()) == [
        f"{POINTS} never starts: it requires 2 results of train; there are 0, and 1 trials will give none",
        f"    next: python -m orchestrator why {first[:8]}",
        "    mend the cause, then: python -m orchestrator retry s; or lower `require` and submit again",
    ]


def test_the_end_of_a_study_says_it_in_one_line() -> None:
    assert never_starts(STUDY, lost()) == "too few trials of `train` have a result for `mean`"


def test_nothing_is_told_while_all_goes_well() -> None:
    assert never_starts(STUDY, judge(expand(STUDY, Known()), {})) == ""


def test_scripts_are_told_of_it_too() -> None:
    (told,) = status_json(submission("s", *STUDY.stages), lost())["too_few"]

    assert (told["stage"], told["require"], told["done"]) == ("mean", 2, 0)
