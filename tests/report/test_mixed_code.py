from dataclasses import replace

from orchestrator.report.mixed_code import mixed_code_notes
from orchestrator.report.selection import Material, Observation
from orchestrator.study.trial import Gathered, Member
from tests.observations import gather, observe


def made_by(code: str, seed: int, stage: str = "train", needs: Observation | None = None) -> Observation:
    one = replace(observe({"acc": 1.0}, stage, seed=seed), code=code)
    trial = one.trial.model_copy(update={"needs": {"x": needs.trial.id} if needs else {}})
    return replace(one, trial=trial)


def notes(*used: Observation, material: Material | None = None) -> list[str]:
    return mixed_code_notes(used, material or gather(*used))


def test_one_code_needs_no_note() -> None:
    assert notes(made_by("a", 0), made_by("a", 1)) == []


def test_different_code_is_told_and_counted() -> None:
    told = notes(made_by("a", 0), made_by("b", 1), made_by("b", 2))

    assert told == ["The trials come from different code: b (2), a (1)."]


def test_what_differs_is_named() -> None:
    used = (made_by("a", 0), made_by("b", 1))
    material = replace(gather(*used), differing=lambda _: ["toy.py"])

    assert notes(*used, material=material) == [
        "The trials come from different code: a (1), b (1); toy.py differs."
    ]


def test_code_that_differs_in_nothing_is_one_code() -> None:
    used = (made_by("a", 0), made_by("b", 1))

    assert notes(*used, material=replace(gather(*used), differing=lambda _: [])) == []


def test_what_is_the_same_code_is_counted_together() -> None:
    used = (made_by("a", 0), made_by("b", 1), made_by("c", 2))
    material = replace(gather(*used), differing=lambda codes: ["toy.py"] if "c" in codes else [])

    assert notes(*used, material=material) == [
        "The trials come from different code: a (2), c (1); toy.py differs."
    ]


def test_a_trial_without_a_result_was_made_by_nothing() -> None:
    assert notes(made_by("a", 0), made_by("", 1)) == []


def test_what_the_trials_rest_on_is_told_by_stage() -> None:
    data = [made_by("a", 0, "data"), made_by("b", 1, "data")]
    used = [made_by("c", seed, needs=data[seed]) for seed in (0, 1)]

    assert notes(*used, material=gather(*data, *used)) == [
        "The trials of data that these rest on come from different code: a (1), b (1)."
    ]


def test_stages_one_after_the_other_may_be_made_by_different_code() -> None:
    data = made_by("a", 0, "data")
    used = [made_by("b", seed, needs=data) for seed in (0, 1)]

    assert notes(*used, material=gather(data, *used)) == []


def test_what_was_gathered_is_rested_on() -> None:
    data = [made_by("a", 0, "data"), made_by("b", 1, "data")]
    both = Gathered(members=tuple(Member(id=one.trial.id, axes={}) for one in data))
    one = made_by("c", 0)
    used = replace(one, trial=one.trial.model_copy(update={"gathered": {"n": both}}))

    assert notes(used, material=gather(*data, used)) == [
        "The trials of data that these rest on come from different code: a (1), b (1)."
    ]
