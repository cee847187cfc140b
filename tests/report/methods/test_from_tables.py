from orchestrator.report.methods.from_tables import cautions, deviations, statistics
from orchestrator.report.table import Note, Table


def table(name: str, *notes: Note, printed: str = "") -> Table:
    return Table(id=name, title="", stage="s", columns=(), rows=(), notes=notes, printed=printed)


MEAN = Note(text="Mean over seeds.", kind="method")


def test_a_sentence_of_several_tables_is_told_once() -> None:
    assert statistics([table("a", MEAN), table("b", MEAN)]).items == (("`a`, `b`", "Mean over seeds."),)


def test_where_a_paper_prints_numbers_is_no_statistics() -> None:
    note = Note(text="In parentheses: as printed in Table 1.", kind="method")

    assert statistics([table("a", note, printed="Table 1")]).empty


def test_what_a_source_leaves_open_is_told_for_itself() -> None:
    note = Note(text="I-1: open. Here: closed.", kind="source")

    assert deviations([table("a", MEAN, note)]).items == (("`a`", "I-1: open. Here: closed."),)


def test_the_same_caution_with_other_counts_is_one() -> None:
    notes = [Note(text=f"Weights: random (in {n} of {n} trials).") for n in (3, 24)]

    assert cautions([table("a", notes[0]), table("b", notes[1])]).items == (("`a`, `b`", "Weights: random."),)


def test_a_note_of_a_single_cell_stays_with_its_table() -> None:
    assert cautions([table("a", Note(text="1 of 2", mark="a"))]).empty
