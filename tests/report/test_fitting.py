from orchestrator.report.fitting import Fitted, fitted
from orchestrator.report.trial_rows import trial_rows
from tests.observations import gather, observe

FOUND = trial_rows(
    gather(
        *(observe({"loss": seed / 7}, encoder="vgg16", augmentation="a" * 40, seed=seed) for seed in (1, 2))
    )
)


def in_(width: int) -> Fitted:
    return fitted(FOUND, width)


def test_where_there_is_room_everything_is_shown() -> None:
    assert (in_(250).same, in_(250).left_out) == ({}, ())
    assert in_(250).text.count(FOUND.rows[0]["trial"]) == 1


def test_what_is_the_same_in_all_rows_is_told_once() -> None:
    assert in_(80).same["encoder"] == "vgg16"
    assert "vgg16" not in in_(80).text


def test_nothing_is_told_of_what_no_row_has() -> None:
    assert "failure" not in in_(80).same


def test_ids_are_cut_where_room_is_scarce() -> None:
    assert f"| {FOUND.rows[0]['trial'][:8]} |" in in_(80).text


def test_no_line_is_too_long() -> None:
    assert max(map(len, in_(50).text.splitlines())) <= 50


def test_metrics_are_left_out_before_axes() -> None:
    assert in_(15).left_out == ("loss", "seed")


def test_a_single_row_has_nothing_in_common_with_others() -> None:
    assert not fitted(trial_rows(gather(observe(None, encoder="v" * 90))), 80).same


def test_no_row_fits_everywhere() -> None:
    assert fitted(trial_rows(gather()), 200).text.startswith("| stage | trial |")
