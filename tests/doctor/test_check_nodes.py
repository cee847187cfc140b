from typing import Any

import pytest

from orchestrator.doctor.check_nodes import (
    check_gpus,
    check_imports,
    check_job,
    check_nodes,
    check_python,
    check_requeue_flag,
    check_setup,
    check_signal,
    check_warning,
)
from orchestrator.doctor.examination import Mark
from orchestrator.doctor.party import Module
from orchestrator.places.profile import Profile
from tests.doctor.views import AGENDA, probe_job, views

PROFILE = Profile(name="p", setup=("module purge", "module load x"))
RAN = ((0, "module purge"), (0, "module load x"))


def test_nodes_without_faults_are_all_right() -> None:
    found = check_nodes(probe_job(setup=RAN), AGENDA.nodes, PROFILE, "3.11.9", "/env/bin/python")

    assert {finding.mark for finding in found} == {Mark.OK}


def test_a_job_that_nobody_reported_of_leaves_the_rest_open() -> None:
    silent = probe_job(views={}, setup=RAN)
    found = check_nodes(silent, AGENDA.nodes, PROFILE, "3.11.9", "/env/bin/python")

    assert [(one.check, one.mark) for one in found] == [
        ("probe job", Mark.WRONG),
        ("setup", Mark.OK),
        ("nodes", Mark.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"log": "srun: error"}, "srun: error"),
        ({"wrote": False}, "do the nodes see it"),
        ({"wrote": True}, "`setup`"),
        ({"missing_python": {"n2": "/p"}}, ""),
    ],
)
def test_why_a_job_may_be_silent(changes: dict[str, Any], hint: str) -> None:
    found = check_job(probe_job(views={}, **changes), AGENDA.nodes).hint

    assert hint in found if hint else found == ""


def test_a_node_that_does_not_see_the_others_is_told() -> None:
    blind = probe_job(views(missing=("login",)))

    assert "did not see login" in check_job(blind, AGENDA.nodes).found


@pytest.mark.parametrize(
    ("codes", "mark", "found"),
    [
        (RAN, Mark.OK, "all 2 lines"),
        (((0, "module purge"), (1, "module load x")), Mark.WRONG, "`module load x` ended with 1"),
        (((0, "module purge"),), Mark.WRONG, "`module load x` never ended"),
    ],
)
def test_setup_lines(codes: tuple[tuple[int, str], ...], mark: Mark, found: str) -> None:
    finding = check_setup(probe_job(setup=codes), PROFILE)

    assert finding.mark is mark
    assert found in finding.found


@pytest.mark.parametrize(
    ("changes", "mark"),
    [({}, Mark.OK), ({"python": "3.9.1"}, Mark.WRONG)],
)
def test_the_interpreter_is_the_same_everywhere(changes: dict[str, Any], mark: Mark) -> None:
    assert check_python(probe_job(views(**changes)), "3.11.9", "/env/bin/python").mark is mark


def test_an_interpreter_that_a_node_does_not_see_is_named_with_the_node() -> None:
    finding = check_python(probe_job(missing_python={"n2": "/p"}), "3.11.9", "/env/bin/python")

    assert finding.found == "there is no /env/bin/python on n2"


@pytest.mark.parametrize(
    ("modules", "mark"),
    [
        ({"submitit": Module(seconds=1)}, Mark.OK),
        ({"submitit": Module(error="ModuleNotFoundError")}, Mark.WRONG),
        ({"torch": Module(error="ModuleNotFoundError")}, Mark.NOTE),
        ({"torch": Module(seconds=100)}, Mark.NOTE),
    ],
)
def test_imports(modules: dict[str, Module], mark: Mark) -> None:
    assert check_imports(views(modules=modules)).mark is mark


@pytest.mark.parametrize(
    ("trouble", "given", "mark", "words"),
    [
        ({"driver": "", "torch": ""}, "0", Mark.OK, "by driver and by torch"),
        ({"driver": ""}, "0", Mark.OK, "a kernel ran on"),
        (
            {"driver": "it hangs", "torch": "sees none"},
            "0",
            Mark.WRONG,
            "claim nothing on host of node-0: it hangs",
        ),
        ({"driver": "", "torch": "sees none"}, "0", Mark.WRONG, "on host of node-0: sees none"),
        ({"driver": "", "torch": ""}, "", Mark.WRONG, "set no CUDA_VISIBLE_DEVICES on host of node-0"),
        (None, "0", Mark.UNKNOWN, "not every node came to it"),
    ],
)
def test_gpus(trouble: dict[str, str] | None, given: str, mark: Mark, words: str) -> None:
    found = check_gpus(probe_job(views(gpu_trouble=trouble, gpus_given=given)), PROFILE)

    assert (found.mark, words in found.found) == (mark, True)


def test_stand_ins_for_gpus_are_not_looked_at() -> None:
    profile = PROFILE.model_copy(update={"check_gpus": False})
    found = check_gpus(probe_job(views(gpu_trouble=None)), profile)

    assert (found.mark, "`check_gpus: false`" in found.found) == (Mark.NOTE, True)


@pytest.mark.parametrize(
    ("signals", "mark"),
    [((("SIGUSR1", 1002.0),), Mark.OK), ((("SIGUSR1", 1012.0),), Mark.NOTE), ((), Mark.WRONG)],
)
def test_a_signal_of_scancel(signals: tuple[tuple[str, float], ...], mark: Mark) -> None:
    assert check_signal(probe_job(views(signals=signals))).mark is mark


@pytest.mark.parametrize(
    ("came", "mark", "should"),
    [(1060.0, Mark.OK, None), (1149.0, Mark.OK, None), (1155.0, Mark.WRONG, 185), (None, Mark.NOTE, None)],
)
def test_the_signal_ahead_of_the_wall_limit(came: float | None, mark: Mark, should: int | None) -> None:
    signals = () if came is None else (("SIGUSR2", came),)
    finding = check_warning(probe_job(views(signals=signals)), PROFILE)

    assert (finding.mark, finding.should) == (mark, should)


def test_a_warning_that_was_not_waited_for_is_unknown() -> None:
    assert check_warning(probe_job(views(ended=False, signals=())), PROFILE).mark is Mark.UNKNOWN


@pytest.mark.parametrize(("requeue", "mark"), [(False, Mark.OK), (True, Mark.NOTE), (None, Mark.UNKNOWN)])
def test_workers_are_not_requeued(requeue: bool | None, mark: Mark) -> None:
    assert check_requeue_flag(probe_job(requeue=requeue)).mark is mark
