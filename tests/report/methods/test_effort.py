from dataclasses import replace

from orchestrator.report.methods.effort import effort, hardware, software
from orchestrator.study.shape import Shape
from tests.observations import gather, observe
from tests.report.methods.described import STUDY, result

TRAIN = STUDY.model_copy(
    update={"stages": tuple(one.model_copy(update={"shape": Shape(cpus=4)}) for one in STUDY.stages)}
)
ONE = replace(observe({"loss": 0.5, "energy_kwh": 2.0}, "train"), attempts=2, seconds=1800.0)


def rows(*seconds: float, gpus: int = 0) -> list[tuple[str, ...]]:
    seen = [
        replace(ONE, trial=observe({}, "train", n=n).trial, gpus=gpus, seconds=s)
        for n, s in enumerate(seconds)
    ]
    table = effort(TRAIN, gather(*seen)).table
    return [*table.rows] if table else []


def test_a_stage_is_told_with_attempts_time_and_core_hours() -> None:
    assert rows(1800, 1800) == [("`train`", "4", "1h", "4.00")]


def test_gpu_hours_are_told_where_there_were_gpus() -> None:
    assert rows(3600, gpus=2)[0] == ("`train`", "2", "1h", "4.00", "2.00")


def test_a_trial_of_two_stages_counts_once_in_the_sum() -> None:
    twice = gather(ONE)
    table = effort(TRAIN, replace(twice, stages={"data": [ONE], "train": [ONE]})).table

    assert table is not None
    assert [row[1] for row in table.rows] == ["2", "2", "2"]


def test_energy_is_told_as_trials_measured_it() -> None:
    assert effort(TRAIN, gather(ONE)).paragraphs[1] == (
        "Energy as trials measured it: `energy_kwh` 2 over 1 trial."
    )


def test_energy_that_nobody_measured_is_told_as_such() -> None:
    assert effort(TRAIN, gather(replace(ONE, metrics={}))).paragraphs[1] == "Energy was not measured."


def test_what_never_began_took_nothing() -> None:
    assert effort(TRAIN, gather(observe(None, "train"))).empty


def test_code_is_told_with_its_commit_and_packages() -> None:
    found = software([result(torch="2.1"), result(torch="2.2")], {"c0de": "commit `abc`"})

    assert found.items == (
        ("code `c0de`", "2 results, commit `abc`"),
        ("torch", "2.1 (1 result), 2.2 (1 result)"),
    )


def test_machines_are_counted_not_named() -> None:
    found = dict(hardware([result(host="a", gpu="A100"), result(host="b", gpu="A100")]).items)

    assert (found["machines"], found["GPUs"]) == ("2", "A100")


def test_company_in_a_worker_is_told() -> None:
    found = dict(hardware([result(lockstep=4), result(slots=2), result()]).items)

    assert found["trained in lockstep"] == "1 of 3 results"
    assert found["trained beside others on one machine"] == "1 of 3 results"


def test_without_a_result_nothing_is_said_of_machines() -> None:
    assert hardware([]).empty
