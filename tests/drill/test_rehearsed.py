import json
from dataclasses import replace

import pytest

from orchestrator.drill.legs import Leg, Strike
from orchestrator.drill.likeness import Difference, Outcome
from orchestrator.drill.rehearsed import Rehearsed, as_json, from_json, judged

OUTCOME = Outcome(id="t", stage="train", point="-", state="DONE", ends=1)
STRIKE = Strike(trial="t", attempt=1, time=2.0, how="killed", saved_at=1.5)
CUT = Leg(began=0.0, ended=2.0, lines=((0, 1.0), (1, 1.4)), strike=STRIKE)
ENDED = Leg(began=3.0, ended=5.0, outcome="done", lines=((2, 4.0),))


def test_a_struck_trial_that_went_on_is_equal() -> None:
    met = judged(OUTCOME, [], [CUT, ENDED], cuts=True, lead=10)

    assert (met.hit, met.equal) == (True, True)


def test_a_trial_that_ended_before_it_felt_the_strike_was_not_hit() -> None:
    met = judged(OUTCOME, [], [replace(ENDED, strike=STRIKE)], cuts=True, lead=10)

    assert not met.hit


@pytest.mark.parametrize("legs", [[CUT, ENDED], [ENDED, replace(ENDED, strike=STRIKE)]])
def test_a_fault_that_cuts_nothing_leaves_one_attempt(legs: list[Leg]) -> None:
    assert "2 attempts" in judged(OUTCOME, [], legs, cuts=False, lead=10).wrong[0]


def test_a_checkpoint_that_is_not_read_is_found() -> None:
    met = judged(OUTCOME, [], [CUT, replace(ENDED, lines=((0, 4.0),))], cuts=True, lead=10)

    assert "does not read it" in met.wrong[0]


def test_a_fault_that_hit_nothing_is_not_done() -> None:
    missed = judged(OUTCOME, [], [ENDED], cuts=True, lead=10)

    assert not Rehearsed(fault="kill", about="", trials=(missed,)).done


def test_what_is_left_behind_is_not_equal() -> None:
    assert not Rehearsed(fault="kill", about="", left_behind=("local:h:1:2",)).equal


def test_a_strike_that_did_not_do_its_work_is_no_rehearsal() -> None:
    vain = replace(CUT, strike=replace(STRIKE, counts=False))

    assert not judged(OUTCOME, [], [vain, ENDED], cuts=True, lead=10).hit


def test_what_came_of_a_fault_passes_through_json_whole() -> None:
    other = Difference(trial="t", kind="metric", name="loss", expected="1.0", found="2.0")
    met = judged(OUTCOME, [other], [CUT, ENDED], cuts=True, lead=10)
    one = Rehearsed(fault="disk", about="full", trials=(met,), surplus=(other,), notes=("a word",))

    assert from_json(json.loads(json.dumps(as_json(one)))) == one
