from dataclasses import replace

from orchestrator.report.definition import Better
from orchestrator.report.document import Chapter, Figure, Report
from orchestrator.report.main_tables import main_tables
from orchestrator.report.table import Cell, Note, Row, Table


def table(name: str, rows: int = 3, better: Better = "none", printed: str = "") -> Table:
    row = Row(path=("r",), cells=(Cell(metric="acc", value=0.5, n=1, better=better),))
    return Table(id=name, title=name, stage="s", columns=(("acc",),), rows=(row,) * rows, printed=printed)


def report(*chapters: tuple[Table, ...], left_out: tuple[str, ...] = ()) -> Report:
    figure = Figure(id="f", title="F", notes=(), png="f.png", pdf="f.pdf")
    named = tuple(Chapter(title="c", tables=tables, figures=(figure,)) for tables in chapters)
    return Report(study="s", chapters=named, left_out=left_out, facts=(), folders={})


def printed(*chapters: tuple[Table, ...]) -> list[str]:
    return [one.id for chapter in main_tables(report(*chapters)).report.chapters for one in chapter.tables]


def test_what_fits_is_printed_in_its_order() -> None:
    assert printed((table("a"), table("b"))) == ["a", "b"]


def test_what_says_what_is_best_goes_before_what_does_not() -> None:
    assert printed((table("a", 30), table("b", 30, "higher"))) == ["b"]


def test_what_stands_beside_printed_numbers_goes_first() -> None:
    assert printed((table("a", 30, "higher"), table("b", 30, "higher", "Table 1"))) == ["b"]


def test_each_chapter_has_its_turn() -> None:
    assert printed((table("a", 20), table("b", 20)), (table("c", 20),)) == ["a", "c"]


def test_where_none_fits_the_first_is_cut_and_says_so() -> None:
    (chapter,) = main_tables(report((table("a", 99),))).report.chapters

    assert len(chapter.tables[0].rows) == 30
    assert chapter.tables[0].notes[0].text == "The first 30 of 99 rows; `--all` prints all."


def test_a_table_whose_notes_are_long_takes_more_room() -> None:
    short, long = table("a", 25), replace(table("a", 25), notes=(Note(text="x" * 990),))

    assert printed((short, table("b", 20))) == ["a", "b"]
    assert printed((long, table("b", 20))) == ["a"]


def test_what_is_not_printed_is_named() -> None:
    main = main_tables(report((table("a", 40), table("b", 40))))

    assert (main.others, main.figures) == (("b",), 1)


def test_of_what_is_left_out_a_few_lines_are_printed() -> None:
    main = main_tables(report((table("a"),), left_out=tuple("abcde")))

    assert main.report.left_out == ("a", "b", "c", "and 2 more; `--all` prints them")


def test_a_report_without_tables_has_none_to_print() -> None:
    assert printed(()) == []
