"""Ask a finished trial about each face of a photograph, as figure 3.4 of Yuan et al. does with a group.

TRIAL is the beginning of its id, or its folder. Where the faces are has to be said, a --face for each;
without one the whole picture is a face. Answers go to standard output, a line per face, and the photograph
with them to `predictions/TRIAL/NAME_faces.png`.
Exit codes: 0 done, 1 a file could not be written, 2 something given is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.data.boxes import Box, clip
from tasks.multitask import sheets
from tasks.predict import answers
from tasks.predict.finished import NoAnswerError, find_finished

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.data.images import Pixels


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, ask, and return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        ask_faces(given.trial, given.photograph, given.face, given.runs, given.out)
    except NoAnswerError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"error: {error}\nhint: mend it, or name another folder with --out\n")
        return 1
    return 0


def ask_faces(given: str, path: Path, faces: Sequence[str], runs: Path, out: Path | None) -> None:
    """Print the answers about each face, given as `X,Y,WIDTH,HEIGHT`, and draw them; raises NoAnswerError."""
    picture = answers.read_picture(path)
    boxes = [read_box(text, picture) for text in faces] or [Box(0, 0, picture.shape[1], picture.shape[0])]
    trial = find_finished(given, runs)
    for note in trial.notes:
        sys.stderr.write(f"note: {note}\n")
    predictor = trial.load()
    said = [lines(answers.ask(trial, predictor, box.cut(picture)).scores) for box in boxes]
    if not all(said):
        raise NoAnswerError(f"`{given}` says nothing of a face\nhint: ask a trial of tasks.multitask")
    for box, told in zip(boxes, said, strict=True):
        sys.stdout.write(f"{box.x},{box.y},{box.width},{box.height}: {', '.join(told)}\n")
    folder = out or Path("predictions") / trial.id
    folder.mkdir(parents=True, exist_ok=True)
    sheets.draw_photograph(folder / f"{path.stem}_faces.png", picture, list(zip(boxes, said, strict=True)))


def read_box(text: str, picture: Pixels) -> Box:
    """Return what of a box lies in a picture; NoAnswerError for anything else than four whole numbers."""
    try:
        x, y, width, height = map(int, text.split(","))
    except ValueError:
        raise NoAnswerError(
            f"--face {text} is no box\nhint: four whole numbers of pixels, as --face 40,25,64,64: "
            "left, top, width, height"
        ) from None
    inside = clip(Box(x, y, width, height), picture.shape[1], picture.shape[0])
    if inside is None:
        size = f"{picture.shape[1]}x{picture.shape[0]}"
        raise NoAnswerError(f"--face {text} is outside the picture\nhint: the picture has {size} pixels")
    return inside


def lines(scores: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the likeliest answer to each question, as `Male: no 0.93`."""
    best = {question: max(found, key=lambda answer: found[answer]) for question, found in scores.items()}
    return [f"{question}: {answer} {scores[question][answer]:.2f}" for question, answer in best.items()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tasks.multitask.photograph",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    runs = Path(os.environ.get("ORCHESTRATOR_RUNS") or "runs")
    parser.add_argument("trial", metavar="TRIAL", help="beginning of the trial's id, or its folder")
    parser.add_argument("photograph", metavar="PHOTOGRAPH", type=Path, help="a picture of one or more faces")
    parser.add_argument(
        "--face", metavar="X,Y,W,H", action="append", default=[], help="where a face is, in pixels; repeat it"
    )
    parser.add_argument("--runs", type=Path, default=runs, help="the run folder (or ORCHESTRATOR_RUNS)")
    parser.add_argument("--out", type=Path, help="folder for the picture, instead of predictions/TRIAL")
    return parser


if __name__ == "__main__":
    sys.exit(main())
