import pytest

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.report.reproduction.cell_address import find_cell, parted
from orchestrator.report.table import Cell, Row, Table

CELL = Cell(metric="iou")
TABLE = Table(
    id="table_5_1",
    title="Segmentation",
    stage="segment",
    columns=(("LFW", "Hair"), ("LFW", "No hair"), ("HELEN", "Hair")),
    rows=tuple(Row(path=path, cells=(CELL,) * 3) for path in (("VGG16", "Gender"), ("ResNet-50", "Gender"))),
)


def place(labels: str, *fixed: str) -> tuple[int, int]:
    found = find_cell(TABLE, labels, fixed)
    return found.row, found.column


def test_an_address_names_table_and_labels() -> None:
    assert parted("table_5_1: VGG16/Gender") == ("table_5_1", " VGG16/Gender")


@pytest.mark.parametrize("text", ["table_5_1", "table_5_1:", ":VGG16", "table_5_1:/"])
def test_what_names_no_cell_is_told_how_one_is_named(text: str) -> None:
    with pytest.raises(UserError) as told:
        parted(text)

    assert told.value.hint == "write TABLE:ROW/COLUMN, with the labels that the table shows"


@pytest.mark.parametrize(
    "labels",
    ["ResNet-50/Gender/LFW/No hair", "resnet-50/gender/lfw/nohair", " ResNet-50 / Gender / LFW / NO HAIR "],
)
def test_case_and_spaces_do_not_matter(labels: str) -> None:
    assert place(labels) == (1, 1)


def test_labels_may_be_left_out_while_one_cell_is_meant() -> None:
    assert place("VGG16/HELEN") == (0, 2)


def test_the_whole_address_goes_before_a_part_of_another() -> None:
    rows = tuple(Row(path=path, cells=(CELL,)) for path in (("a",), ("a", "b")))
    table = Table(id="t", title="", stage="s", columns=(("x",),), rows=rows)

    assert find_cell(table, "a/x").row == 0


def test_what_all_cells_have_in_common_may_be_given_too() -> None:
    assert place("VGG16/Gender/Epoch 20/HELEN/Hair", "Epoch 20", "20") == (0, 2)


def test_what_no_cell_has_is_not_passed_over() -> None:
    with pytest.raises(NotFoundError):
        place("VGG16/Gender/Epoch 30/HELEN/Hair", "Epoch 20")


def test_an_ambiguous_address_is_told_with_what_it_may_be() -> None:
    with pytest.raises(UserError, match=r"may be `table_5_1:VGG16/Gender/LFW/Hair`, `table_5_1:VGG16/G"):
        place("VGG16/Hair")


def test_a_misspelt_label_is_told_with_the_nearest_cell() -> None:
    with pytest.raises(NotFoundError) as told:
        place("VGG61/Gender/LFW/Hair")

    assert told.value.hint == "did you mean table_5_1:VGG16/Gender/LFW/Hair?"


def test_the_same_place_is_found_in_another_form_of_the_table() -> None:
    assert find_cell(TABLE, "VGG16/HELEN").same_in(TABLE) is CELL
