from tests.toy_fixture import Toy

TASK = """
from pydantic import BaseModel


class Params(BaseModel):
    steps: int = 1


def train(params: Params, context) -> dict[str, float]:
    return {"loss": float(open("labels.csv").read())}
"""


def test_a_file_that_is_not_in_the_snapshot_is_told_with_what_to_do(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(TASK)
    toy.study("study: toy\ncode: {largest_file: 1MB}\nstages:\n  train: {task: toy.train}\n")
    (toy.folder / "labels.csv").write_text("1" * 2_000_000)
    toy.type("submit", "study.yaml", code=1)

    told = toy.type("why", toy.trials("toy")[0]["id"]).stdout

    assert f"    `labels.csv` lies in {toy.folder}, but not in the snapshot that trials see; " in told
    assert "write `code: {largest_file: 2MB}` in the study\n    then `retry` and `submit` again\n" in told
