from typing import Any

import pytest

from orchestrator.doctor.check_sharing import check_shared_gres, check_sharing
from orchestrator.doctor.examination import Finding, Mark
from orchestrator.doctor.party import Sharing, View
from tests.doctor.sites import node, partition, site


def sharing(**changes: Any) -> Sharing:
    values = {"mps": False, "mps_runs": False, "gpus": 2, "divided": 0, "slices": (), "alone": 0} | changes
    return Sharing.model_validate(values)


def found(*machines: Sharing, in_jobs: bool = False) -> Finding:
    views = {f"n{number}": View(host=f"n{number}", sharing=one) for number, one in enumerate(machines)}
    (finding,) = check_sharing(views, in_jobs=in_jobs)
    return finding


@pytest.mark.parametrize(
    ("machine", "mark", "words"),
    [
        (sharing(), Mark.OK, "no MPS: kernels of trials in `slots` take turns; no MIG"),
        (sharing(mps=True, mps_runs=True), Mark.OK, "kernels of trials in `slots` may run at the same time"),
        (
            sharing(mps=True),
            Mark.NOTE,
            "MPS is there and does not run: kernels of trials",
        ),
        (sharing(alone=2), Mark.NOTE, "2 of 2 GPUs let one program compute alone"),
        (sharing(alone=2, mps=True, mps_runs=True), Mark.OK, "MPS runs"),
        (
            sharing(divided=1, slices=("1g.10gb", "1g.10gb", "3g.40gb")),
            Mark.OK,
            "1 of 2 GPUs are divided by MIG into 2 x 1g.10gb, 1 x 3g.40gb",
        ),
        (sharing(gpus=0), Mark.UNKNOWN, "nvidia-smi told of no GPU; no MPS"),
    ],
)
def test_what_a_machine_offers_to_slots(machine: Sharing, mark: Mark, words: str) -> None:
    finding = found(machine)

    assert finding.mark is mark
    assert words in finding.found


@pytest.mark.parametrize(("in_jobs", "where"), [(False, "starts it"), (True, "as lines of `setup`")])
def test_how_mps_is_started_depends_on_where(in_jobs: bool, where: str) -> None:
    assert where in found(sharing(mps=True), in_jobs=in_jobs).hint


def test_machines_that_differ_are_named() -> None:
    assert "; on n1: no MPS" in found(sharing(mps=True, mps_runs=True), sharing()).found


def test_machines_that_do_not_differ_are_told_once() -> None:
    assert found(sharing(), sharing()).found.count("no MPS") == 1


def test_where_no_gpu_was_asked_for_nothing_is_said() -> None:
    assert not check_sharing({"one": View(host="n0")}, in_jobs=True)


def gres(**counts: int) -> list[Finding]:
    names = {name.replace("__", ":").replace("_dot_", "."): count for name, count in counts.items()}
    return check_shared_gres(site(nodes=(node(gres=names), node("n2", gres=names))), partition())


def test_whole_gpus_are_no_parts() -> None:
    assert not gres(gpu__k40=2, gpu__a100=4)


@pytest.mark.parametrize("kind", ["1g_dot_10gb", "a100_1g_dot_5gb", "nvidia_a100_3g_dot_20gb"])
def test_parts_of_gpus_by_mig_are_known_by_their_names(kind: str) -> None:
    (finding,) = gres(**{f"gpu__{kind}": 7})
    name = kind.replace("_dot_", ".")

    assert finding.found.startswith(f"gpu:{name} (14 in all): ")
    assert f"`gpu: {name}` in a shape" in finding.hint


@pytest.mark.parametrize("kind", ["mps", "shard"])
def test_shares_that_slurm_gives_to_jobs_are_told(kind: str) -> None:
    (finding,) = gres(gpu=2, **{kind: 200})

    assert finding.found == f"{kind} (400 in all): Slurm can divide a GPU between jobs"
