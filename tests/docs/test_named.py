"""What code in sentences may name."""

import pytest

from tests.docs.named import wrong_names


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("submit --clutser here", "`submit` has no `--clutser`"),
        ("--skip-missing", "no verb has `--skip-missing`"),
        ("python -m orchestrator pln", "no verb `pln`"),
        ("context.artefact(name)", "a task's context has no `artefact`"),
        ("orchestrator.open('toy')", "`import orchestrator` gives no `open`"),
        ("trails: 3", "no file has a key `trails`"),
    ],
)
def test_what_is_not_there_is_told(code: str, told: str) -> None:
    assert [what for _, what in wrong_names(f"Type `{code}`.", set()) if told in what]


@pytest.mark.parametrize(
    "code",
    [
        "submit --cluster here",
        "--skip-missing-data",
        "trials: 3",
        "cmd:",
        "mine: 1",
        "context.seed",
        "toy.py",
    ],
)
def test_what_is_there_is_not(code: str) -> None:
    assert list(wrong_names(f"Type `{code}`.", {"mine"})) == []
