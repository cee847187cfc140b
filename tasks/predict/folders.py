"""Whole folders of pictures: a table with a row for each picture and trial, and a page to look through.

Pictures are read ahead by a few threads and asked one by one, so that memory does not grow with the folder.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tasks.data.images import DECODING_THREADS
from tasks.predict import answers, rows
from tasks.predict.finished import NoAnswerError
from tasks.predict.folder_page import write_page
from tasks.predict.headway import Headway
from tasks.predict.labels import Tally
from tasks.predict.names import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from tasks.data.images import Pixels
    from tasks.parts.prediction import Prediction
    from tasks.predict.finished import Finished
    from tasks.predict.labels import Labels

TABLE, PAGE = "answers.csv", "answers.html"
READ_AHEAD = 2 * DECODING_THREADS


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many pictures were answered by all trials, and how many were not."""

    answered: int
    broken: int


def pictures_in(given: Sequence[Path], out: Path) -> list[rows.Picture]:
    """Return the pictures among files and below folders, by their suffix; what lies in `out` is none.

    Raises NoAnswerError where there is none.
    """
    found: list[tuple[Path, str]] = []
    for path in given:
        if path.is_dir():
            found += [(one, one.relative_to(path).as_posix()) for one in _below(path, out.resolve())]
        elif path.is_file():
            found.append((path, path.name))
        else:
            raise NoAnswerError(f"`{answers.shown(path)}` is not there\nhint: mend the name, or leave it out")
    if not found:
        folders = ", ".join(f"`{answers.shown(path)}`" for path in given)
        raise NoAnswerError(f"no picture lies in {folders}\nhint: name a folder with files like .jpg or .png")
    stems = answers.stems([Path(name.replace("/", "_")) for _, name in found])
    return [rows.Picture(path, name, stem) for (path, name), stem in zip(found, stems, strict=True)]


def ask_folders(
    trials: Sequence[Finished],
    pictures: Sequence[rows.Picture],
    out: Path,
    labels: Labels | None = None,
    *,
    as_json: bool = False,
) -> Outcome:
    """Ask all trials about all pictures and write table and page into `out`.

    A picture that cannot be read has rows with the reason in place of answers.
    """
    asked = [rows.Asked(trial, trial.load()) for trial in trials]
    first = _first_answers(asked)
    tally = Tally(labels, rows.questions(first)) if labels else None
    columns = rows.columns(first, tally.judged if tally else ())
    out.mkdir(parents=True, exist_ok=True)
    broken = 0
    with (
        Headway(len(pictures)) as headway,
        _table(out / TABLE, columns) as write,
        _list(as_json) as say,
    ):
        for picture, pixels in _read_ahead(pictures):
            problem, thumbnail = "", rows.thumbnail(picture, pixels, out)
            for one in asked:
                row = {**rows.make(picture, pixels, one, out), "thumbnail": thumbnail}
                if tally:
                    tally.judge(row)
                write(row)
                say(row)
                problem = problem or row["problem"]
            broken += bool(problem)
            headway.told(problem)
    told = tally.lines([(trial.id, trial.name) for trial in trials]) if tally else []
    notes = list(notes_of(trials))
    write_page(out, TABLE, PAGE, trials, told=told, notes=notes, count=len(pictures))
    if not as_json:
        sys.stdout.write("".join(f"{line}\n" for line in (out / TABLE, out / PAGE, *told)))
    sys.stdout.flush()
    return Outcome(len(pictures) - broken, broken)


def _below(folder: Path, out: Path) -> list[Path]:
    Image.init()
    known = set(Image.registered_extensions())
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in known
        and not path.name.startswith(".")
        and path.is_file()
        and not path.resolve().is_relative_to(out)
    )


def _first_answers(asked: Sequence[rows.Asked]) -> list[Prediction]:
    """Return what each trial says of a grey picture: which questions it answers, and whether with a mask."""
    grey = np.full((224, 224, 3), 128, np.uint8)
    return [answers.ask(one.trial, one.predictor, grey) for one in asked]


def _read_ahead(pictures: Sequence[rows.Picture]) -> Iterator[tuple[rows.Picture, Pixels | NoAnswerError]]:
    """Yield each picture with its pixels, or with what is wrong with it; a few are in memory at a time."""
    waiting: deque[tuple[rows.Picture, Future[Pixels | NoAnswerError]]] = deque()
    with ThreadPoolExecutor(DECODING_THREADS) as readers:
        for picture in pictures:
            waiting.append((picture, readers.submit(_read, picture.path)))
            if len(waiting) > READ_AHEAD:
                first, pixels = waiting.popleft()
                yield first, pixels.result()
        for picture, pixels in waiting:
            yield picture, pixels.result()


def _read(path: Path) -> Pixels | NoAnswerError:
    try:
        return answers.read_picture(path)
    except NoAnswerError as error:
        return error


@contextmanager
def _table(path: Path, columns: Sequence[str]) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what writes a row into the table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore")
        table.writeheader()
        yield lambda row: table.writerow(rows.as_cells(row))


@contextmanager
def _list(wanted: bool) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what prints a row as an element of one JSON list, where it is wanted."""
    before = "["

    def say(row: Mapping[str, Any]) -> None:
        nonlocal before
        if wanted:
            sys.stdout.write(f"{before}\n{json.dumps(row)}")
            before = ","

    yield say
    if wanted:
        sys.stdout.write("\n]\n")
