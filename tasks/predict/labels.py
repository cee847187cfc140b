"""Answers compared with a table of labels: a column with the picture, and one for each question."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tasks.predict.answers import shown
from tasks.predict.finished import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Labels:
    """What is true of pictures."""

    path: Path
    questions: tuple[str, ...]
    known: Mapping[str, Mapping[str, str]]  # picture, as it is named in the file -> question -> answer

    def of(self, picture: str) -> Mapping[str, str]:
        """Return the labels of a picture by its path in the folder or its name, also without suffix."""
        path = PurePosixPath(picture)
        for name in (picture, path.name, str(path.with_suffix("")), path.stem):
            if name in self.known:
                return self.known[name]
        return {}


class Tally:
    """How often each trial was right."""

    def __init__(self, labels: Labels, questions: Sequence[str]) -> None:
        self._labels = labels
        self.judged = tuple(question for question in labels.questions if question in questions)
        """The questions that have labels."""
        if not self.judged:
            raise NoAnswerError(
                f"`{shown(labels.path)}` has columns {', '.join(labels.questions)}, and the trials answer "
                f"{', '.join(questions) or 'with masks alone'}\n"
                "hint: call its columns as the questions are called, or leave --labels out"
            )
        self._asked: Counter[tuple[str, str]] = Counter()
        self._right: Counter[tuple[str, str]] = Counter()

    def judge(self, row: dict[str, Any]) -> None:
        """Put the labels of its picture into a row, as `label_QUESTION`, and count whether it is right."""
        for question, label in self._labels.of(row["picture"]).items():
            answer = row.get(f"answer_{question}")
            if question in self.judged and label and answer is not None:
                row[f"label_{question}"] = label
                self._asked[row["trial"], question] += 1
                self._right[row["trial"], question] += answer == label

    def lines(self, trials: Sequence[tuple[str, str]]) -> list[str]:
        """Return for each trial, given as id and name, and each question how much was right."""
        return [
            f"{name} ({trial[:8]}): {question} right in {self._share(trial, question)}"
            for trial, name in trials
            for question in self.judged
            if self._asked[trial, question]
        ] or ["no picture of the folder has a label"]

    def _share(self, trial: str, question: str) -> str:
        right, asked = self._right[trial, question], self._asked[trial, question]
        return f"{right} of {asked} ({right / asked:.1%})"


def read_labels(path: Path) -> Labels:
    """Read a table of labels whose first column names pictures; NoAnswerError where it is none."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.reader(file)
            header = next(table, [])
            rows = {
                line[0]: dict(zip(header[1:], (cell.strip() for cell in line[1:]), strict=False))
                for line in table
                if line
            }
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NoAnswerError(
            f"`{shown(path)}` cannot be read: {reason}\nhint: give a CSV file in UTF-8, or leave --labels out"
        ) from error
    if len(header) < 2 or not rows:
        raise NoAnswerError(
            f"`{shown(path)}` has {len(rows)} lines and the columns {', '.join(header) or 'none'}\n"
            "hint: its first column names pictures, the others have the name of a question each"
        )
    return Labels(path, tuple(header[1:]), rows)
