from dataclasses import replace

from orchestrator.report.latex_columns import columns_of, stacked
from orchestrator.report.table import Cell

CELL = Cell(metric="iou", value=0.63812, std=0.0041, n=3)
MISSING = Cell(metric="iou", missing=3)


def words(text: str) -> Cell:
    return Cell(metric="iou", text=text)


def test_numbers_are_aligned_at_their_points() -> None:
    (column,) = columns_of([CELL, replace(CELL, value=-12.5)], 100)

    assert column.format == "S[table-format=-2.3(4)]"


def test_a_missing_number_stands_in_braces() -> None:
    (column,) = columns_of([CELL, MISSING], 100)

    assert column.cells == (r"0.638 \pm 0.004", "{---}")


def test_signs_and_marks_stand_behind_the_number() -> None:
    (column,) = columns_of([replace(CELL, sign="*", mark="a", best=True)], 100)

    assert column.cells == (r"\bfseries 0.638 \pm 0.004{\textsuperscript{{*}}\tnote{a}}",)


def test_printed_numbers_have_a_column_close_by() -> None:
    _, printed = columns_of([replace(CELL, reference=0.66), CELL], 100)

    assert (printed.cells, printed.close) == (("{(}0.660{)}", ""), True)


def test_ranges_have_a_column_close_by() -> None:
    cell = replace(CELL, spread="range", values=(("seed=0", 0.63), ("seed=1", 0.65)))
    number, ends = columns_of([cell], 100)

    assert (number.cells, ends.cells) == (("0.638",), ("{[}0.630, 0.650]",))


def test_intervals_have_room_for_the_signs_of_others() -> None:
    (column,) = columns_of([words("[-0.012, 0.031]"), words("[0.001, 12.031]")], 100)

    assert column.cells == (
        r"{[}$-$0.012, \phantom{0}0.031]",
        r"\phantom{$-$}{[}0.001, 12.031]",
    )


def test_words_stand_at_the_left_and_are_wrapped() -> None:
    (column,) = columns_of([words("sgd"), words("Adam with weight decay")], 60)

    assert (column.format, column.lines) == ("l", (1, 2))


def test_bold_numbers_are_wider() -> None:
    plain, bold = (columns_of([replace(CELL, best=best)], 100)[0] for best in (False, True))

    assert bold.width > plain.width + 5


def test_a_number_of_another_kind_is_set_by_itself() -> None:
    cells = [replace(CELL, value=value, std=None, digits=None) for value in (702483.0, 0.0125, 66.67)]
    (column,) = columns_of(cells, 100)

    assert column.cells == (r"{\num{702483}}", "0.0125", "66.67")


def test_lines_are_stacked() -> None:
    assert stacked(["Lowest", "val_loss"], "bc") == r"\makecell[bc]{Lowest \\ val\_loss}"
