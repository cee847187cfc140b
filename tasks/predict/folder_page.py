"""The page of a folder: its table with small pictures, to be sorted and filtered, made from the table."""

from __future__ import annotations

import csv
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from tasks.predict.cards import environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tasks.predict.finished import Finished

SHOWN = 5_000
"""Pictures on the page; more of them would make a browser slow. The table has all."""


def write_page(out: Path, table: str, page: str, trials: Sequence[Finished], **said: Any) -> None:
    """Write the page beside the table that it shows, row by row.

    said: `told` and `notes`, sentences that stand above it, and `count`, how many pictures the table has.
    """
    template = environment().get_template("folder.html")
    with (out / table).open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        questions = [
            name.removeprefix("answer_") for name in rows.fieldnames or () if name.startswith("answer_")
        ]
        pictures = islice(_grouped(rows, questions), SHOWN)
        shown = template.stream(trials=trials, table=table, pictures=pictures, most=SHOWN, **said)
        shown.dump(str(out / page), encoding="utf-8")


def _grouped(rows: Iterator[dict[str, str]], questions: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield each picture with what the trials say of it; rows of one picture follow each other."""
    for picture, group in groupby(rows, key=lambda row: row["picture"]):
        cells = list(group)
        yield {
            "name": picture,
            "thumbnail": cells[0]["thumbnail"],
            "problem": cells[0]["problem"],
            "cells": [{**cell, "answers": _answers(cell, questions)} for cell in cells],
        }


def _answers(cell: dict[str, str], questions: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return question, answer, score and label of what was answered."""
    return [
        (question, cell[f"answer_{question}"], cell[f"score_{question}"], cell.get(f"label_{question}", ""))
        for question in questions
        if cell[f"answer_{question}"]
    ]
