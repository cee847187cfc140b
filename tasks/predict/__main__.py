"""Ask finished trials about pictures: masks, cut-outs, attributes or identities.

TRIAL is the beginning of a trial's id, as `python -m orchestrator status STUDY --json` prints it, its folder,
or the name of a study with --where, which means all of its trials that fit.
Pictures that are named give a line each on standard output; a FOLDER gives a table and a page.
Files go to `predictions/`.
Exit codes: 0 done, 1 a picture of a folder has no answer or a file could not be written, 2 something given is
wrong, 130 Ctrl-C. The page of --serve is ended by Ctrl-C, with 0.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.predict import answers
from tasks.predict.chosen import choose, sort_words
from tasks.predict.finished import NoAnswerError
from tasks.predict.names import notes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.predict.finished import Finished

PREDICTIONS = Path("predictions")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, ask, and return the exit code."""
    given = _parser().parse_intermixed_args(arguments)
    try:
        return _ask(given)
    except NoAnswerError as error:
        _say(f"error: {error}")
        return 2
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that may not be written
        what = f"{error.strerror}: `{error.filename}`" if error.filename else str(error)
        _say(f"error: {what}\nhint: mend it, or name another folder with --out")
        return 1
    except KeyboardInterrupt:
        return 130


def predict(trials: Sequence[Finished], images: Sequence[Path], out: Path, *, as_json: bool) -> None:
    """Ask about each picture and write the answers; nothing is written unless all pictures can be read.

    Of several trials each has a folder of its own in `out`.
    """
    answers.check_pictures(images)
    asked = [(trial, trial.load(), out / trial.id if len(trials) > 1 else out) for trial in trials]
    records = []
    for path, stem in zip(images, answers.stems(images), strict=True):
        picture = answers.read_picture(path)
        for trial, predictor, folder in asked:
            folder.mkdir(parents=True, exist_ok=True)
            prediction = answers.ask(trial, predictor, picture)
            records.append(answers.write(prediction, path, trial, folder, stem))
            if not as_json:
                name = f"{trial.name}: " if len(trials) > 1 else ""
                sys.stdout.write(f"{name}{answers.line(records[-1])}\n")
    if as_json:
        sys.stdout.write(f"{json.dumps(records, indent=1)}\n")
    sys.stdout.flush()


def serve(trials: Sequence[Finished], port: int | None) -> None:
    """Open the web page until Ctrl-C."""
    from tasks.predict import page

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, and leaves nothing
    opened = page.serve(trials, port)
    try:
        sys.stdout.write(f"{opened.url}\n")
        sys.stdout.flush()
        _say("open to whoever is logged in on this machine, and to nobody else; Ctrl-C ends it")
        threading.Event().wait()
    except KeyboardInterrupt:
        return
    finally:
        opened.close()


def _ask(given: argparse.Namespace) -> int:
    words, pictures = sort_words(given.words)
    folders = any(path.is_dir() for path in pictures)
    _check(given, pictures, folders=folders)
    trials, notes = choose(words, given.where, given.runs)
    for note in [*notes, *notes_of(trials)]:
        _say(f"note: {note}")
    if given.serve:
        serve(trials, given.port)
        return 0
    if folders:
        return _ask_folders(trials, pictures, given)
    own = PREDICTIONS / trials[0].id if len(trials) == 1 else PREDICTIONS
    predict(trials, pictures, given.out or own, as_json=given.json)
    return 0


def _ask_folders(trials: Sequence[Finished], pictures: Sequence[Path], given: argparse.Namespace) -> int:
    from tasks.predict.folders import ask_folders, pictures_in
    from tasks.predict.labels import read_labels

    out = given.out or PREDICTIONS / next(path.resolve().name for path in pictures if path.is_dir())
    labels = read_labels(given.labels) if given.labels else None
    outcome = ask_folders(trials, pictures_in(pictures, out), out, labels, as_json=given.json)
    return 1 if outcome.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tasks.predict",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s TRIAL... [IMAGE... | FOLDER | --serve] [options]",
    )
    runs = Path(os.environ.get("ORCHESTRATOR_RUNS") or "runs")
    parser.add_argument(
        "words",
        metavar="TRIAL... IMAGE|FOLDER...",
        nargs="+",
        help="trials or a study, then pictures, one face in each, or folders of them",
    )
    parser.add_argument(
        "--where",
        metavar="AXIS=VALUE,...",
        action="append",
        default=[],
        help="of a study only these: of an axis, a parameter, or stage; repeatable, as of `results`",
    )
    parser.add_argument("--runs", type=Path, default=runs, help="the run folder (or ORCHESTRATOR_RUNS)")
    parser.add_argument("--out", type=Path, help="folder for the files, instead of one in predictions/")
    parser.add_argument("--labels", type=Path, help="CSV file with what is true of a FOLDER's pictures")
    parser.add_argument("--json", action="store_true", help="print one JSON list for scripts")
    parser.add_argument("--serve", action="store_true", help="open a web page on this machine alone instead")
    parser.add_argument("--port", type=int, help="port of the page; a free one by default")
    return parser


def _check(given: argparse.Namespace, pictures: Sequence[Path], *, folders: bool) -> None:
    if given.serve and pictures:
        raise NoAnswerError(
            f"--serve takes no pictures, {len(pictures)} were given\n"
            "hint: leave them out and choose one on the page, or leave out --serve"
        )
    if given.port is not None and not given.serve:
        raise NoAnswerError("--port is for the page alone\nhint: add --serve, or leave --port out")
    if given.labels and not folders:
        raise NoAnswerError(
            "--labels is for a folder of pictures\nhint: name a FOLDER, or leave --labels out"
        )
    if not given.serve and not pictures:
        raise NoAnswerError(
            f"no picture was given\nhint: python -m tasks.predict {given.words[0]} IMAGE..., or add --serve"
        )


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
