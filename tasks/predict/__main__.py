"""Ask a finished trial about pictures: masks, cut-outs, attributes or identities.

TRIAL is the beginning of its id, as `python -m orchestrator status STUDY --json` prints it, or its folder.
Answers go to standard output, one line per picture; files go to `predictions/TRIAL/`.
Exit codes: 0 done, 1 a file could not be written, 2 something given is wrong, 130 Ctrl-C.
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

from tasks.predict import answers, page
from tasks.predict.finished import NoAnswerError, find_finished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.predict.finished import Finished


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, ask, and return the exit code."""
    given = _parser().parse_intermixed_args(arguments)
    try:
        _check(given)
        trial = find_finished(given.trial, given.runs)
        for note in trial.notes:
            _say(f"note: {note}")
        if given.serve:
            serve(trial, given.port)
        else:
            predict(trial, given.images, given.out or Path("predictions") / trial.id, as_json=given.json)
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
    return 0


def predict(trial: Finished, images: Sequence[Path], out: Path, *, as_json: bool) -> None:
    """Ask about each picture and write the answers; nothing is written unless all pictures can be read."""
    answers.check_pictures(images)
    predictor = trial.load()
    out.mkdir(parents=True, exist_ok=True)
    records = []
    for path, stem in zip(images, answers.stems(images), strict=True):
        prediction = answers.ask(trial, predictor, answers.read_picture(path))
        records.append(answers.write(prediction, path, trial, out, stem))
        if not as_json:
            sys.stdout.write(f"{answers.line(records[-1])}\n")
    if as_json:
        sys.stdout.write(f"{json.dumps(records, indent=1)}\n")
    sys.stdout.flush()


def serve(trial: Finished, port: int | None) -> None:
    """Open the web page until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, and leaves nothing
    opened = page.serve(trial, port)
    try:
        sys.stdout.write(f"{opened.url}\n")
        sys.stdout.flush()
        _say("open to whoever is logged in on this machine, and to nobody else; Ctrl-C ends it")
        threading.Event().wait()
    finally:
        opened.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tasks.predict",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    runs = Path(os.environ.get("ORCHESTRATOR_RUNS") or "runs")
    parser.add_argument("trial", metavar="TRIAL", help="beginning of the trial's id, or its folder")
    parser.add_argument("images", metavar="IMAGE", nargs="*", type=Path, help="pictures, one face in each")
    parser.add_argument("--runs", type=Path, default=runs, help="the run folder (or ORCHESTRATOR_RUNS)")
    parser.add_argument("--out", type=Path, help="folder for the files, instead of predictions/TRIAL")
    parser.add_argument("--json", action="store_true", help="print one JSON list for scripts")
    parser.add_argument("--serve", action="store_true", help="open a web page on this machine alone instead")
    parser.add_argument("--port", type=int, help="port of the page; a free one by default")
    return parser


def _check(given: argparse.Namespace) -> None:
    if given.serve and given.images:
        raise NoAnswerError(
            f"--serve takes no pictures, {len(given.images)} were given\n"
            "hint: leave them out and choose one on the page, or leave out --serve"
        )
    if given.port is not None and not given.serve:
        raise NoAnswerError("--port is for the page alone\nhint: add --serve, or leave --port out")
    if not given.serve and not given.images:
        raise NoAnswerError(
            f"no picture was given\nhint: python -m tasks.predict {given.trial} IMAGE..., or add --serve"
        )


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
