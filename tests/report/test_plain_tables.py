import pytest

from orchestrator.report.plain_stage import plain_stage
from orchestrator.report.plain_tables import build_plain
from orchestrator.report.selection import Observation
from orchestrator.report.table import Table
from tests.observations import gather, observe


def tables(*seen: Observation) -> tuple[Table, ...]:
    material = gather(*seen)
    return build_plain(plain_stage("segment", material, {}), material)


def notes(*seen: Observation) -> list[str]:
    return [note.text for note in tables(*seen)[0].notes if note.kind == "method"]


GRID = [
    observe({"iou": lr + seed, "images": 9}, lr=lr, net=net, size=64, seed=seed)
    for lr in (0.1, 0.2)
    for net in ("a", "b")
    for seed in (0, 1)
]


def test_a_row_has_a_label_for_each_axis_that_differs() -> None:
    (table,) = tables(*GRID)

    assert table.row_heads == ("lr", "net")
    assert [row.path for row in table.rows] == [("0.1", "a"), ("0.1", "b"), ("0.2", "a"), ("0.2", "b")]


def test_a_cell_is_the_mean_over_seeds_rounded_by_its_spread() -> None:
    cell = tables(*GRID)[0].rows[0].cells[0]

    assert (cell.n, cell.value, cell.digits) == (2, pytest.approx(0.6), None)


def test_what_is_the_same_in_all_is_in_a_note() -> None:
    assert "The same in all: size = 64, images = 9." in notes(*GRID)


def test_a_metric_that_not_all_results_have_says_so() -> None:
    seen = [observe({"iou": x} | ({"odd": 1} if x else {}), x=x) for x in (0, 1, 2)]

    assert "The same in all: odd = 1 (in 2 of 3 results)." in notes(*seen)


def test_what_is_better_is_as_its_name_has_it() -> None:
    assert {row.cells[0].better for row in tables(*GRID)[0].rows} == {"higher"}
    assert "Better is more of iou, guessed by name." in notes(*GRID)


def test_the_best_trial_is_named() -> None:
    best = GRID[5].trial.id

    assert f"The best iou is 1.2, of trial {best} (lr = 0.2, net = a, seed = 1)." in notes(*GRID)


def test_while_trials_run_the_best_is_the_best_so_far() -> None:
    running = observe(None, lr=0.3, net="a", size=64, seed=0)

    assert any(
        "The best iou so far (8 of 9 trials have ended) is 1.2" in text for text in notes(*GRID, running)
    )


def test_times_are_named_with_where_they_are() -> None:
    seen = [observe({"iou": x, "timing_hours": x + 0.5}, x=x) for x in (0, 1)]

    assert "Not shown: `timing_hours`; `results` has them." in notes(*seen)


def test_a_stage_with_one_setting_has_a_row_for_each_metric() -> None:
    (table,) = tables(observe({"n": 3, "iou": 0.5}, seed=0), observe({"n": 3, "iou": 0.6}, seed=1))

    assert (table.row_heads, table.columns) == (("metric",), (("value",),))
    assert [row.path for row in table.rows] == [("iou",), ("n",)]


def test_further_metrics_have_a_table_of_their_own() -> None:
    seen = [observe({f"m{place}": x + place for place in range(8)}, x=x) for x in (0, 1)]
    first, further = tables(*seen)

    assert (len(first.columns), further.id, further.columns) == (6, "segment_further", (("m6",), ("m7",)))
