import pytest

from tests.captured_slurm import SlurmFake
from tests.verbs.conftest import Type


def test_what_is_wrong_ends_with_1(type_: Type, slurm_fake: SlurmFake) -> None:
    slurm_fake.fail("scontrol", "Unable to contact slurm controller (connect failure)")
    done = type_("doctor", "--partition", "gpu", "--no-jobs")

    assert done.code == 1
    assert "Unable to contact slurm controller" in done.out


def test_a_profile_is_written(type_: Type, slurm_fake: SlurmFake) -> None:
    done = type_("doctor", "--write", "new.yaml", "--no-jobs")

    assert done.code == 0
    assert "new.yaml" in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--force",), "`--force` is for --write"),
        (("--cluster", "nowhere"), "there is no cluster `nowhere`"),
        (("--write", "n\udce4me.yaml"), "a name that is not UTF-8"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(type_: Type, words: tuple[str, ...], message: str) -> None:
    done = type_("doctor", *words)

    assert done.code == 2
    assert message in done.err
