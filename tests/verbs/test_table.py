import json
from pathlib import Path

import pytest

from orchestrator.messages.errors import UserError
from orchestrator.verbs.table import chosen_form, conditions, parts
from tests.toy_fixture import Toy
from tests.verbs.conftest import Type


def test_a_table_is_printed_at_once(before: Type) -> None:
    done = before("table", "before", "--rows", "lr", "--metric", "loss", "--stage", "train")

    assert done.code == 0
    assert done.out.startswith("### loss of train by lr\n\n| lr ")


def test_what_is_left_out_is_chosen(before: Type) -> None:
    done = before("table", "before", "--stage", "train")

    assert done.out.startswith("### loss of train by ")


@pytest.mark.parametrize(
    ("form", "begins"),
    [("csv", "row,column,metric"), ("tex", r"% \usepackage{booktabs,"), ("html", "<"), ("md", "###")],
)
def test_a_table_is_printed_in_the_form_that_is_asked_for(before: Type, form: str, begins: str) -> None:
    assert before("table", "before", "--stage", "train", "--form", form).out.lstrip().startswith(begins)


def test_scripts_get_the_cells(before: Type) -> None:
    table = json.loads(before("table", "before", "--stage", "train", "--json").out)

    assert table["rows"][0]["cells"][0]["metric"] == "loss"


def test_a_file_is_written_as_its_name_says(before: Type) -> None:
    done = before("table", "before", "--stage", "train", "--out", "loss.tex")

    assert (done.out, done.err) == ("", "written to loss.tex\n")
    assert r"\begin{table}" in Path("loss.tex").read_text()


def test_a_declared_table_has_rows_of_its_own(before: Type) -> None:
    done = before("table", "before", "losses", "--rows", "lr")

    assert done.code == 2
    assert done.err.startswith("error: `losses` is a table that a report file declares")


def test_a_table_of_a_report_file_is_named_by_its_id(before: Type) -> None:
    done = before("table", "before", "losses")

    assert done.err.endswith(
        "no report file of the study declares a table `losses`\nhint: the tables are: none\n"
    )


def test_an_axis_that_is_not_there_is_told(before: Type) -> None:
    done = before("table", "before", "--rows", "lrr")

    assert (done.code, done.err) == (
        2,
        "error: no trial of the study has an axis `lrr`\nhint: did you mean `lr`?\n",
    )


def test_names_are_typed_one_by_one_or_with_commas() -> None:
    assert parts(["a,b", " c"]) == ["a", "b", "c"]


def test_conditions_are_values_as_in_study_files() -> None:
    assert conditions(["lr=0.1,0.4", "lr=1e-3", "net=small"]) == {"lr": [0.1, 0.4, 0.001], "net": ["small"]}


@pytest.mark.parametrize("text", ["lr", "=1", "lr="])
def test_what_is_no_condition_is_told(text: str) -> None:
    with pytest.raises(UserError, match="that is no condition"):
        conditions([text])


def test_a_condition_that_cannot_be_read_is_told() -> None:
    with pytest.raises(UserError, match=r"--where lr=\]: "):
        conditions(["lr=]"])


def test_two_forms_are_one_too_many() -> None:
    with pytest.raises(UserError, match="--json and --form csv are two forms of one output"):
        chosen_form("csv", None, as_json=True)


def test_a_name_that_says_no_form_is_told() -> None:
    with pytest.raises(UserError, match="does not say in which form"):
        chosen_form(None, Path("loss.txt"), as_json=False)


SCORED = """
from pydantic import BaseModel

class Params(BaseModel):
    opt: str = "sgd"

def train(params: Params, context) -> dict[str, float]:
    more = 0.1 if params.opt == "adam" else 0.0
    lines = [f"{n},{0.5 + more + 0.01 * (n % (3 if more else 2))}" for n in range(8)]
    context.artifact("pictures.csv").write_text("picture,acc\\n" + "\\n".join(lines))
    return {"acc": 0.5 + more}
"""
BY_PICTURE = """
tables:
  - {id: main, title: M, stage: train, metric: acc, rows: [{over: [opt]}], columns: [{label: a}],
     compare: {to: sgd, unit: picture}}
"""


@pytest.mark.slow
def test_a_declared_table_reads_what_trials_left(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(SCORED)
    (toy.folder / "report.yaml").write_text(BY_PICTURE)
    stages = "stages: {train: {task: toy.train, over: [opt]}}"
    toy.study(f"study: s\naxes: {{opt: [sgd, adam]}}\n{stages}\nreport: report.yaml\n")
    toy.type("submit", "study.yaml")

    assert "*: differs from sgd (paired t-test by picture, " in toy.type("table", "s", "main").stdout
