import os

from orchestrator.engine.edges.slot import slots


def test_a_slot_sees_that_another_one_is_at_a_trial() -> None:
    first, second = slots(2)

    with first.at_trial():
        assert (first.others_busy(), second.others_busy()) == (False, True)


def test_a_trial_that_ends_is_seen_to_end() -> None:
    first, second = slots(2)
    with first.at_trial():
        pass

    assert not second.others_busy()


def test_programs_see_each_other() -> None:
    first, second = slots(2)
    child = os.fork()
    if not child:
        with first.at_trial():
            os._exit(0)  # it ends in the middle of its trial, so the mark stays
    os.waitpid(child, 0)

    assert second.others_busy()
