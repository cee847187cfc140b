from orchestrator.report.cell_text import number
from orchestrator.report.edges.markdown import markdown
from orchestrator.report.edges.page import table_html
from orchestrator.report.edges.render import WRITERS
from orchestrator.report.searches.tables import best_table, budget_table
from tests.report.searches.plain_search import LOSS, SIZE, outcome, searched

SEARCH = searched(outcome(1, 0.5), outcome(2, 0.25), outcome(3, state="failed"))


def test_the_best_is_a_row_with_value_parameters_and_trial() -> None:
    (row,) = best_table([SEARCH]).rows

    assert [number(cell) for cell in row.cells] == ["0.25", "0.001", "sgd", "2", "0000000000000002"]


def test_every_cell_knows_the_trial() -> None:
    (row,) = best_table([SEARCH]).rows

    assert {cell.trials for cell in row.cells} == {("0000000000000002",)}


def test_each_point_has_a_row() -> None:
    searches = [searched(outcome(1, 0.5), axes={"encoder": name}) for name in ("vgg16", "resnet50")]

    assert [row.path for row in best_table(searches).rows] == [("encoder=vgg16",), ("encoder=resnet50",)]


def test_a_front_has_a_row_for_each_answer() -> None:
    found = searched(outcome(1, 1.0, 2.0), outcome(2, 2.0, 1.0), objectives=(LOSS, SIZE))

    assert [row.path for row in best_table([found]).rows] == [("sweep", "answer 1"), ("sweep", "answer 2")]


def test_an_unfinished_search_says_how_far_it_is() -> None:
    notes = [note.text for note in best_table([searched(outcome(1, 0.5), planned=60)]).notes]

    assert notes == ["Best is the least loss.", "So far, of sweep: 1 of 60 answers have ended."]


def test_a_search_without_a_value_has_an_empty_row() -> None:
    assert {number(cell) for cell in best_table([searched(outcome(1))]).rows[0].cells} == {"—"}


def test_a_parameter_that_the_best_has_not_is_left_empty() -> None:
    found = searched(outcome(1, 0.1, params={"lr": 0.1}), outcome(2, 0.5))

    assert number(best_table([found]).rows[0].cells[2]) == "—"


def test_savings_have_columns_only_where_something_was_saved() -> None:
    plain = budget_table([SEARCH])
    pruned = budget_table([searched(outcome(1, 0.5, steps=9), outcome(2, state="pruned", steps=3))])

    assert [name for (name,) in plain.columns] == ["answers", "finished", "pruned", "failed", "seconds"]
    assert [name for (name,) in pruned.columns][-3:] == ["steps", "steps saved", "seconds saved"]


def test_points_with_other_budgets_have_a_warning() -> None:
    one, two = searched(outcome(1, 0.5), axes={"a": 1}), searched(*SEARCH.outcomes, axes={"a": 2})

    assert budget_table([one, two]).notes[-1].text == "Budgets differ: 1 answers at a=1, 3 at a=2."


def test_ids_of_a_composed_study_have_no_dots() -> None:
    assert best_table([searched(outcome(1, 0.5), stage="faces.sweep")]).id == "search_faces_sweep_best"


def test_texts_are_written_in_every_form() -> None:
    table = best_table([searched(outcome(1, 0.5, params={"optimizer": "=sgd|<b>"}))])

    assert r"=sgd\|\<b>" in markdown(table)
    assert ",'=sgd|<b>," in WRITERS["csv"](table)
    assert r"=sgd\textbar{}\textless{}b\textgreater{}" in WRITERS["tex"](table)
    assert "=sgd|&lt;b&gt;" in table_html(table)
