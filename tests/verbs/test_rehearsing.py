from pathlib import Path

import pytest

from tests.verbs.conftest import Type


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fault", "corupt"), "there is no fault `corupt`\nhint: did you mean `corrupt`?\n"),
        (("--cluster", "nowhere"), "there is no cluster `nowhere`"),
        (("--trials", "0"), "Invalid value for '--trials'"),
        ((), "1 dataset or weight files not found, nothing was queued"),
    ],
    ids=str,
)
def test_a_drill_does_not_begin_with_a_mistake(
    type_: Type, path: Path, words: tuple[str, ...], message: str
) -> None:
    done = type_("drill", str(path), *words)

    assert done.code == 2
    assert message in done.err
    assert not Path("runs").exists()
