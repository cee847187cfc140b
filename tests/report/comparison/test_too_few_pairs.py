from typing import Any

import pytest

from orchestrator.report.comparison.too_few_pairs import too_few_pairs
from orchestrator.report.definition import TableDefinition
from tests.observations import gather, observe


def told(seeds: int, opts: int = 2, only_first: int = 0, **compare: Any) -> str:
    """Return what is told of a table of so many planned seeds and optimizers."""
    definition = TableDefinition.model_validate(
        {
            "id": "main",
            "title": "T",
            "stage": "train",
            "metric": "acc",
            "rows": [{"over": ["opt"]}],
            "columns": [{"label": "acc"}],
            "compare": {"to": "opt0", **compare},
        }
    )
    points = [(f"opt{opt}", seed) for opt in range(opts) for seed in range(seeds - (opt and only_first))]
    return too_few_pairs(
        definition, gather(*(observe(None, "train", opt=opt, seed=seed) for opt, seed in points))
    )


def test_five_pairs_are_too_few_for_ranks() -> None:
    assert told(5, test="wilcoxon") == (
        "table `main`: 5 pairs by seed cannot show a difference at level 0.05: wilcoxon gives p = 0.0625 at "
        "best, 1 comparison (Holm) needs 0.0500; 6 pairs can"
    )


@pytest.mark.parametrize(
    ("seeds", "opts", "compare"),
    [
        (6, 2, {"test": "wilcoxon"}),
        (5, 2, {"test": "wilcoxon", "level": 0.1}),
        (8, 4, {"test": "wilcoxon"}),
        (6, 4, {"test": "wilcoxon", "correct": "none"}),
        (2, 4, {"test": "paired-t"}),
        (2, 4, {}),
        (5, 2, {"test": "bootstrap"}),
    ],
)
def test_enough_pairs_need_no_word(seeds: int, opts: int, compare: dict[str, Any]) -> None:
    assert told(seeds, opts, **compare) == ""


def test_more_comparisons_need_more_pairs() -> None:
    assert told(6, opts=4, test="wilcoxon").endswith("3 comparisons (Holm) need 0.0167; 7 pairs can")


def test_one_seed_shows_nothing() -> None:
    assert told(1).startswith("table `main`: 1 pair by seed cannot show a difference at level 0.05: paired-t")


def test_seeds_that_only_one_side_has_are_no_pairs() -> None:
    assert "5 pairs by seed" in told(6, only_first=1, test="wilcoxon")
