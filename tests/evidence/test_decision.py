from orchestrator.evidence.decision import Decision, Judged, standing


def decision(step: int, *, prune: bool = False, value: float = 0.5) -> Decision:
    return Decision(step=step, value=value, prune=prune)


def attempt(*decisions: Decision, pruned: bool = False, forgiven: bool = False) -> Judged:
    return Judged(decisions=decisions, pruned=pruned, forgiven=forgiven)


NO, YES = decision(1), decision(2, prune=True)


def test_the_first_decision_of_a_step_stays() -> None:
    found = standing([attempt(decision(1, value=0.5)), attempt(decision(1, value=0.7, prune=True))])

    assert found.decided[1].value == 0.5


def test_a_trial_that_nobody_decided_on_is_not_pruned() -> None:
    assert standing([attempt()]).pruned is None


def test_whoever_was_to_end_ends_though_the_attempt_was_lost() -> None:
    assert standing([attempt(NO, YES), attempt()]).pruned == YES


def test_what_is_taken_up_again_is_spared() -> None:
    found = standing([attempt(NO, YES, pruned=True, forgiven=True), attempt()])

    assert (found.pruned, found.spared) == (None, True)


def test_it_is_spared_though_its_decision_was_lost_with_the_disk() -> None:
    assert standing([attempt(NO, pruned=True, forgiven=True)]).spared


def test_to_take_up_what_had_failed_spares_nobody() -> None:
    found = standing([attempt(NO, forgiven=True), attempt(YES)])

    assert (found.pruned, found.spared) == (YES, False)


def test_values_that_are_no_numbers_are_read_as_they_were_written() -> None:
    written = decision(1, value=float("inf"))

    assert Decision.model_validate_json(written.model_dump_json()) == written
