"""`doctor` as it is typed: on this machine, and on a login node whose Slurm answers as a real one did."""

import json

import pytest

from orchestrator.places.profile_file import find_profile
from tests.captured_slurm import SlurmFake
from tests.toy_fixture import Toy

PROFILE = """\
name: mine
partition: gpu
gres: "gpu:v100"
max_time: 40h
max_array_size: 65
"""
ASK = ("doctor", "--cluster", "mine.yaml", "--no-jobs")


def mark_of(findings: list[dict[str, str]], check: str) -> str:
    return next(one["mark"] for one in findings if one["check"] == check)


@pytest.mark.slow
def test_this_machine_is_fit_for_training_and_nothing_is_left_behind(toy: Toy) -> None:
    found = toy.json("doctor")

    assert found["sound"], [one for one in found["findings"] if one["mark"] == "wrong"]
    assert mark_of(found["findings"], "mkdir") == "ok"
    assert not (toy.folder / "runs").exists()


def test_what_is_wrong_is_told_with_what_to_write_instead(toy: Toy, slurm_fake: SlurmFake) -> None:
    toy.study(PROFILE, "mine.yaml")
    done = toy.type(*ASK, code=1)

    assert "gres: gpu:v100" in done.stdout
    assert "gres: gpu:k40" in done.stdout
    assert "wrong gres: sbatch refuses `gpu:v100:1`" in done.stderr
    assert "--write slurm/mine.yaml" in done.stderr.splitlines()[-1]


def test_without_jobs_nothing_is_submitted_and_what_nodes_offer_is_unknown(
    toy: Toy, slurm_fake: SlurmFake
) -> None:
    toy.study(PROFILE.replace("v100", "k40").replace("40h", "20h"), "mine.yaml")
    found = toy.json(*ASK)

    assert found["sound"]
    assert mark_of(found["findings"], "nodes") == "unknown"
    assert not any(call.startswith("sbatch") for call in slurm_fake.calls())


def test_a_refused_job_leaves_checks_open(toy: Toy, slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("sbatch", "sbatch: error: Invalid feature specification")
    toy.study(PROFILE, "mine.yaml")
    done = toy.type("doctor", "--cluster", "mine.yaml", code=1)

    assert "Invalid feature" in done.stdout
    assert not (toy.folder / "runs").exists()


def test_a_job_that_does_not_begin_is_cancelled_and_told(toy: Toy, slurm_fake: SlurmFake) -> None:
    slurm_fake.queue_for_ever()
    toy.study(PROFILE, "mine.yaml")
    words = ("doctor", "--cluster", "mine.yaml", "--patience", "2s", "--json")
    found = json.loads(toy.type(*words, code=1).stdout)

    assert found["open"]
    assert mark_of(found["findings"], "probe job") == "unknown"
    assert "scancel 7" in slurm_fake.calls()


def test_a_silent_controller_is_wrong_and_no_traceback(toy: Toy, slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("scontrol", "Unable to contact slurm controller (connect failure)")
    toy.study(PROFILE, "mine.yaml")
    done = toy.type(*ASK, code=1)

    assert "Unable to contact slurm controller" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_profile_is_written_from_nothing_and_read_back(toy: Toy, slurm_fake: SlurmFake) -> None:
    toy.type("doctor", "--write", "slurm/new.yaml", "--no-jobs")
    profile = find_profile(str(toy.folder / "slurm/new.yaml"))

    assert (profile.name, profile.partition, profile.gres) == ("new", "gpu", "gpu:k40")
    assert (profile.max_time, profile.max_array_size, profile.account) == (72000, 65, None)


def test_another_partition_than_the_default(toy: Toy, slurm_fake: SlurmFake) -> None:
    toy.type("doctor", "--partition", "short", "--write", "new.yaml", "--no-jobs")

    assert find_profile(str(toy.folder / "new.yaml")).max_time == 3600


def test_a_written_profile_is_only_replaced_by_force(toy: Toy, slurm_fake: SlurmFake) -> None:
    toy.study("precious", "new.yaml")
    words = ("doctor", "--write", "new.yaml", "--no-jobs")
    toy.type(*words, code=2)

    assert (toy.folder / "new.yaml").read_text() == "precious"
    toy.type(*words, "--force")
    assert (toy.folder / "new.yaml").read_text() != "precious"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--cluster", "nowhere"), "no cluster `nowhere`"),
        (("--partition", "gpuu"), "did you mean `gpu`?"),
        (("--cluster", "local", "--partition", "gpu"), "is this machine"),
        (("--force",), "`--force` is for --write"),
        (("--patience", "soon"), "`soon` is not a duration"),
        (("--write", "new.txt"), "ends in .yaml"),
    ],
)
def test_mistakes_are_told_in_plain_words(
    toy: Toy, slurm_fake: SlurmFake, words: tuple[str, ...], message: str
) -> None:
    assert message in toy.type("doctor", *words, code=2).stderr


def test_outside_of_a_cluster_it_says_so(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(toy.folder))

    assert "no login node" in toy.type("doctor", "--write", "new.yaml", code=2).stderr
