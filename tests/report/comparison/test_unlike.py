from dataclasses import replace
from typing import Any

from orchestrator.report.comparison.unlike import with_unlike
from orchestrator.report.selection import Material, Observation
from orchestrator.report.table import Cell, Row
from orchestrator.study.trial import trial_id
from tests.observations import gather, observe


def trial(name: str, needs: Observation | None = None, version: int = 1, **known: Any) -> Observation:
    """Return a finished trial of method `name`."""
    one = observe({"acc": 0.5}, "train", method=name)
    needed = {"pictures": needs.trial.id} if needs else {}
    changed = one.trial.model_copy(
        update={"needs": needed, "version": version, "params": known.pop("params", {})}
    )
    return replace(one, trial=changed, **known)


def prepared(**params: Any) -> Observation:
    one = observe({}, "prepare")
    identity = trial_id(task="prepare", version=1, params=params, seed=0, needs={})
    return replace(one, trial=one.trial.model_copy(update={"id": identity, "params": params}))


def unlike(
    one: Observation,
    other: Observation,
    *below: Observation,
    metric: str = "acc",
    named: tuple[str, ...] = ("method",),
    ignore: Any = (),
    **material: Any,
) -> list[str]:
    rows = [
        Row(path=(name,), cells=(Cell(metric=metric, trials=(seen.trial.id,)),))
        for name, seen in (("A", one), ("B", other))
    ]
    known: Material = replace(gather(one, other, *below), **material)
    found = with_unlike(rows, [[(0, 0), (1, 0)]], known, named=named, ignore=ignore)
    assert found[0].cells[0].unlike == found[1].cells[0].unlike
    return list(found[0].cells[0].unlike)


def test_trials_made_alike_have_nothing_to_say() -> None:
    made = {"code": "c1", "made_with": {"torch": "2.9", "gpu": "H100"}}

    assert unlike(trial("a", **made), trial("b", **made)) == []


def test_other_code_is_named_with_its_files() -> None:
    told = unlike(trial("a", code="c1"), trial("b", code="c2"), differing=lambda _: ["train.py"])

    assert told == ["Unlike in code: c1 in A; c2 in B; train.py differs."]


def test_code_that_differs_in_nothing_is_not_unlike() -> None:
    assert unlike(trial("a", code="c1"), trial("b", code="c2"), differing=lambda _: []) == []


def test_code_of_what_they_rest_on_counts() -> None:
    first, second = (replace(prepared(size=1), code=code) for code in ("c1", "c2"))
    second = replace(second, trial=second.trial.model_copy(update={"id": "other"}))

    told = unlike(trial("a", first), trial("b", second), first, second)

    assert told == ["Unlike in code (prepare): c1 in A; c2 in B."]


def test_other_data_is_named() -> None:
    few, many = prepared(images=500), prepared(images=12000)

    assert unlike(trial("a", few), trial("b", many), few, many) == [
        "Unlike in data (prepare): images=500 in A; images=12000 in B."
    ]


def test_data_by_which_rows_differ_is_what_is_compared() -> None:
    few, many = prepared(images=500), prepared(images=12000)
    few, many = (
        replace(one, trial=one.trial.model_copy(update={"axes": {"images": one.trial.params["images"]}}))
        for one in (few, many)
    )

    assert unlike(trial("a", few), trial("b", many), few, many, named=("images",)) == []


def test_other_packages_are_named() -> None:
    told = unlike(trial("a", made_with={"torch": "2.9"}), trial("b", made_with={"torch": "2.10"}))

    assert told == ["Unlike in packages (torch): 2.9 in A; 2.10 in B."]


def test_a_package_that_only_one_has_is_no_difference() -> None:
    assert unlike(trial("a", made_with={"torch": "2.9"}), trial("b", made_with={})) == []


def test_budgets_of_searches_are_compared() -> None:
    one, other = trial("a"), trial("b")
    answers = {one.trial.id: ("sweep", 60), other.trial.id: ("sweep", 30)}

    assert unlike(one, other, answers=answers) == [
        "Unlike in budget (search of sweep): 60 answers in A; 30 answers in B."
    ]


def test_lengths_of_training_are_budgets() -> None:
    one, other = (trial(name, params={"epochs": epochs}) for name, epochs in (("a", 10), ("b", 50)))

    assert unlike(one, other) == ["Unlike in budget (epochs): 10 in A; 50 in B."]


def test_a_length_that_is_compared_is_no_difference() -> None:
    one, other = (trial(name, params={"epochs": epochs}) for name, epochs in (("a", 10), ("b", 50)))

    assert unlike(one, other, named=("epochs",)) == []


def test_another_version_of_the_task_evaluates_otherwise() -> None:
    assert unlike(trial("a"), trial("b", version=2)) == [
        "Unlike in evaluation (train): version 1 in A; version 2 in B."
    ]


def test_times_of_other_hardware_are_unlike() -> None:
    one, other = (trial(name, made_with={"gpu": gpu}) for name, gpu in (("a", "H100"), ("b", "V100")))

    assert unlike(one, other, metric="timing_epoch_s") == ["Unlike in hardware (gpu): H100 in A; V100 in B."]


def test_a_score_does_not_depend_on_hardware() -> None:
    one, other = (trial(name, made_with={"gpu": gpu}) for name, gpu in (("a", "H100"), ("b", "V100")))

    assert unlike(one, other) == []


def test_what_is_meant_is_not_told() -> None:
    assert unlike(trial("a", code="c1"), trial("b", code="c2"), ignore=["code"]) == []


def test_many_rows_are_counted() -> None:
    seen = [trial(str(n), code="c1" if n else "c2") for n in range(6)]
    rows = [
        Row(path=(f"r{n}",), cells=(Cell(metric="acc", trials=(one.trial.id,)),))
        for n, one in enumerate(seen)
    ]
    found = with_unlike(rows, [[(n, 0) for n in range(6)]], gather(*seen), named=["method"], ignore=[])

    assert found[0].cells[0].unlike == ("Unlike in code: c2 in r0; c1 in r1, r2, r3 and 2 more.",)
