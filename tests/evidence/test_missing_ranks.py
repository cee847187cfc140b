import math
from typing import Any

import pytest

from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.missing_ranks import missing_ranks
from orchestrator.study.objective import Best
from orchestrator.study.study import Edge, Study
from orchestrator.verbs.never_starts import never_starts, never_starts_lines
from tests.evidence.searched import FAILED, done
from tests.evidence.test_objective import SEARCH, seen_of, stage

TOP = Edge(name="n", stage="sweep", best=Best(minimize="loss", top=3))
RANKS: list[dict[str, Any]] = [{"rank": 1}, {"rank": 2}, {"rank": 3}]
STUDY = Study(
    name="s",
    stages=(
        stage("sweep", {}, search=SEARCH.model_copy(update={"trials": 3})),
        stage("final", *RANKS, needs=(TOP,)),
    ),
)


@pytest.mark.parametrize(
    ("evidence", "missing"),
    [
        ((done(loss=1.0), done(loss=2.0), done(loss=3.0)), []),
        ((done(loss=1.0), done(loss=2.0), FAILED), [3]),
        ((done(loss=1.0), done(loss=math.nan), FAILED), [2, 3]),
        ((done(loss=1.0), Evidence(), FAILED), []),
        ((done(loss=1.0), FAILED), []),
        ((FAILED, FAILED, FAILED), []),
    ],
    ids=["all", "one failed", "two", "one may still come", "it asks on", "none at all is told elsewhere"],
)
def test_ranks_without_a_trial_are_told_when_nothing_more_comes(
    evidence: tuple[Evidence, ...], missing: list[int]
) -> None:
    told = missing_ranks(STUDY, seen_of(STUDY, *evidence, answers=len(evidence)))

    assert [axes["rank"] for one in told for axes in one.points] == missing


def test_it_is_said_what_to_type() -> None:
    seen = seen_of(STUDY, done(loss=1.0), FAILED, FAILED, answers=3)

    assert never_starts_lines(STUDY, seen) == [
        "final (rank=2) and 1 more never starts: it takes the best 3, and 1 of sweep have a finite `loss`",
        "    let the search ask for more, mend what failed, or lower `top`; then submit again",
    ]
    assert never_starts(STUDY, seen) == "`sweep` has only 1 of the best 3 for `final`"
