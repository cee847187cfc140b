"""How lines to type are checked."""

import pytest

from tests.docs.pages import read_blocks
from tests.docs.typed_lines import is_known, is_ours, typed, wrong_in_line

CALL = "python -m orchestrator"


@pytest.mark.parametrize(
    "line",
    [
        f"{CALL} submit study.yaml --set axes.seed=[0,1]   # do it",
        f"{CALL} schema > .study.json",
        f"ORCHESTRATOR_RUNS=here {CALL} status toy --json | jq .",
        "orchestrator --install-completion",
        f"{CALL} table digits --compare '{{to: sgd, test: wilcoxon}}'",
    ],
)
def test_what_can_be_typed_is_right(line: str) -> None:
    assert is_ours(line)
    assert wrong_in_line(line) == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{CALL} sumbit study.yaml", "no verb `sumbit`"),
        (f"{CALL} submit study.yaml --clutser x", "--clutser"),
        (f"{CALL} submit", "Missing argument"),
        (f"{CALL} table toy --spread sdt", "sdt"),
    ],
)
def test_what_cannot_be_typed_is_told(line: str, told: str) -> None:
    assert told in wrong_in_line(line)


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("python -m tasks.predict TRIAL photo.jpg", True),
        ("python -m tasks.forecast TRIAL", False),
        ("python benchmarks/answers.py", True),
        ("sudo python slurm/dev_cluster.py up", True),
        ("make study", True),
        ("make stduy", False),
        ("wandb sweep sweep.yaml", False),
    ],
)
def test_what_other_lines_name_has_to_be_there(line: str, known: bool) -> None:
    assert is_known(line) == known


def test_of_a_console_only_what_stands_behind_a_prompt_is_typed() -> None:
    (block,) = read_blocks("page.md", "```console\n$ make study\n35 tables\n```\n")

    assert list(typed(block)) == [(2, "make study")]
