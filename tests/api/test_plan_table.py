import pandas as pd

from orchestrator.api.plan_table import PlanTable, stage_frame

ROW = {"stage": "train", "task": "toy.train", "trials": 4, "undecided": 0, "done": 1, "to_do": 3}
PLAN = PlanTable(
    study="toy",
    stages=stage_frame([ROW | {"workers": 2, "gpu_hours": 0.0, "resources": {}}]),
    trials=pd.DataFrame(),
    to_do=3,
    notes=("note: <axis> changes nothing",),
)


def test_a_terminal_shows_stages_and_notes() -> None:
    assert repr(PLAN).splitlines() == [
        "toy: 3 trials to do",
        "stage      task  trials  undecided  done  to_do  workers  gpu_hours",
        "train toy.train       4          0     1      3        2        0.0",
        "note: <axis> changes nothing",
    ]


def test_a_notebook_shows_notes_as_text() -> None:
    assert "<pre>note: &lt;axis&gt; changes nothing</pre>" in PLAN._repr_html_()


def test_a_study_without_stages_has_the_same_columns() -> None:
    assert stage_frame([]).columns.tolist() == PLAN.stages.columns.tolist()
