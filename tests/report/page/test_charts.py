from dataclasses import replace

from orchestrator.report.page.charts import (
    MOST_ROWS,
    curves_chart,
    deviations_chart,
    history_chart,
    parallel_chart,
)
from orchestrator.report.page.findings import Agreement, Deviation
from tests.browser.plain_charts import CHARTS, CURVES, HISTORY, PARALLEL

DEVIATION = Deviation(
    row="r", column="c", measured="2", printed="1", difference=1.0, shown="+1", relative=100.0
)


def test_the_mean_of_seeds_has_a_gap_where_one_has() -> None:
    assert CHARTS["curves"]["series"][0]["mean"][:2] == [[0, 0.15], [1, None]]


def test_the_band_lies_between_the_least_and_the_greatest_seed() -> None:
    assert CHARTS["curves"]["series"][0]["band"][-1] == [3, 0.5, 0.6]
    assert CHARTS["curves"]["told"] == "Band: from the least to the greatest seed."


def test_one_seed_has_no_band() -> None:
    alone = replace(CURVES, series=(replace(CURVES.series[0], lines=CURVES.series[0].lines[:1]),))

    assert curves_chart(alone)["series"][0]["band"] == []
    assert curves_chart(alone)["told"] == ""


def test_curves_say_where_they_end() -> None:
    assert CHARTS["curves"]["says"] == "Lines of val_iou over Epoch. Last values: Control 0.55; Gender 0.55."


def test_a_series_without_a_line_is_not_drawn() -> None:
    silent = replace(CURVES.series[0], label="Silent", lines=())

    assert len(curves_chart(replace(CURVES, series=(*CURVES.series, silent)))["series"]) == 2


def test_a_history_says_the_best() -> None:
    assert history_chart([HISTORY], "loss")["says"].endswith("The best: sweep 0.3.")


def test_of_very_many_lines_the_best_are_kept() -> None:
    many = replace(
        PARALLEL, lines=((0.0, 0.0),) * 1000, values=tuple(1000.0 - place for place in range(1000))
    )

    assert parallel_chart(many, "loss", more=False)["values"][-1] == 1.0


def test_the_tables_that_deviate_most_are_drawn() -> None:
    each = [
        Agreement(table=f"t{place}", title="T", deviations=(DEVIATION,)) for place in range(MOST_ROWS + 1)
    ]

    assert len(deviations_chart(each)["rows"]) == MOST_ROWS


def test_a_deviation_without_percent_has_no_point() -> None:
    nothing = Agreement(table="t", title="T", deviations=(replace(DEVIATION, relative=None),))

    assert deviations_chart([nothing])["rows"] == []
