from pathlib import Path

import pytest

from orchestrator.doctor.edges.ask_site import look_at_site, parse_associations, parse_gres, seconds
from orchestrator.doctor.site import Allowance
from orchestrator.places.slurm.command import AnswerError, ask
from tests.captured_slurm import SlurmFake


def test_a_whole_site(slurm_fake: SlurmFake) -> None:
    site = look_at_site()

    assert site.troubles == {}
    assert site.number("MaxArraySize") == 65
    assert [one.name for one in site.partitions or ()] == ["gpu", "short", "preempt"]
    assert [one.max_time for one in site.partitions or ()] == [72000, 3600, 3600]
    assert len(site.nodes or ()) == 12
    assert site.qos == (Allowance(source="QOS normal"),)
    assert [one.account for one in site.associations or ()] == ["root"]
    assert site.sacct


def test_without_accounting_the_rest_is_known_all_the_same(slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("sacct", "Connection refused")
    slurm_fake.fail("sacctmgr", "Connection refused")
    site = look_at_site()

    assert (site.sacct, site.qos, site.associations) == (False, None, None)
    assert site.troubles == {"sacct": "Connection refused", "sacctmgr": "Connection refused"}
    assert site.nodes


def test_a_silent_controller_is_asked_once(slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("scontrol", "Unable to contact slurm controller")
    site = look_at_site()

    assert site.troubles == {"scontrol": "Unable to contact slurm controller"}
    assert slurm_fake.calls() == ["scontrol show config"]


def test_an_answer_in_another_form_is_told(slurm_fake: SlurmFake) -> None:
    slurm_fake.answer("sinfo", "pg-gpu01 gpu idle\n")
    site = look_at_site()

    assert site.nodes is None
    assert "another form" in site.troubles["sinfo"]


def test_the_users_own_variables_change_no_answer(
    slurm_fake: SlurmFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINFO_FORMAT", "%n")
    monkeypatch.setenv("SLURM_TIME_FORMAT", "relative")
    slurm_fake.program("sinfo", "env")

    assert "SLURM_TIME_FORMAT" not in ask(["sinfo"])


def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(AnswerError, match="there is no `scontrol` here"):
        ask(["scontrol"])


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("gpu:k40:2", {"gpu:k40": 2}),
        ("gpu:2", {"gpu": 2}),
        ("gpu:a100:4(S:0-1),shard:8", {"gpu:a100": 4, "shard": 8}),
        ("gpu:k40:1,gpu:v100:1", {"gpu:k40": 1, "gpu:v100": 1}),
        ("(null)", {}),
    ],
)
def test_gres(text: str, counts: dict[str, int]) -> None:
    assert parse_gres(text) == counts


@pytest.mark.parametrize(
    ("text", "value"), [("20:00:00", 72000), ("1-00:00:00", 86400), ("UNLIMITED", None), ("", None)]
)
def test_durations(text: str, value: int | None) -> None:
    assert seconds(text) == value


def test_limits_of_an_association() -> None:
    (one,) = parse_associations("faces||normal,long|long|100|20|1-00:00:00|gres/gpu=4\n")

    assert one.allowance == Allowance(
        source="account faces", submit=100, jobs=20, time=86400, tres="gres/gpu=4"
    )
    assert (one.qos, one.default_qos) == (("normal", "long"), "long")
