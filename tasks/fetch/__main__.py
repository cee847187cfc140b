"""Fetch the weights and datasets of a study, or those of these names, and check what came.

WHAT is a study file, or a name that --list prints. Weights go to torch's hub folder (TORCH_HOME as in the
jobs), datasets below the data folder. What no program may fetch is told, with where to ask and how it must
lie. What broke off goes on when the command is typed again; what is there is left alone.

Standard output has a line for each: how it stands, its name, its place.
Exit codes: 0 all is there, 1 something could not be fetched or written, 2 something given is wrong,
3 something has to be asked for, 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.fetch.catalogue import ARCHIVES, WEIGHTS
from tasks.fetch.getting import Getter, Got, Standing
from tasks.fetch.wanted import NoStudyError, wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

KNOWN = (*WEIGHTS, *ARCHIVES)
MIRROR = "TASKS_FETCH_MIRROR"
Tell = Callable[[str, int, int | None], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, fetch, and return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        names = _names(given.what) if given.what or not given.list else KNOWN
        with _progress() as tell:
            getter = Getter(
                data=given.data,
                archives=given.archives or given.data / "archives",
                mirror=given.mirror,
                tell=tell,
                look_only=given.list,
            )
            found = [getter.get(name) for name in names]
    except NoStudyError as error:
        _say(str(error))
        return 2
    except OSError as error:
        what = f"{error.strerror}: `{error.filename}`" if error.filename else str(error)
        _say(f"error: {what}\nhint: mend it, or name another folder with --data, --archives or TORCH_HOME")
        return 1
    except KeyboardInterrupt:
        _say("stopped; the same command goes on where this ended")
        return 130
    _show(found, as_json=given.json)
    return 0 if given.list else _code(found)


def _names(what: Sequence[str]) -> tuple[str, ...]:
    """Return the names that are meant, in the order of the catalogue; NoStudyError for anything else."""
    chosen: set[str] = set()
    for one in what:
        if one in KNOWN:
            chosen.add(one)
        elif Path(one).is_file():
            chosen.update(wanted(Path(one)))
        else:
            kind = "no file" if one.endswith((".yaml", ".yml")) else "neither a name nor a file"
            near = "".join(f"did you mean `{name}`? " for name in get_close_matches(one, KNOWN, n=1))
            raise NoStudyError(f"error: `{one}` is {kind}\nhint: {near}a study file, or {', '.join(KNOWN)}")
    if not what:
        raise NoStudyError(
            "error: nothing to fetch was given\n"
            "hint: python -m tasks.fetch grids/face_segmentation.yaml; --list prints what there is"
        )
    return tuple(name for name in KNOWN if name in chosen)


def _show(found: Sequence[Got], *, as_json: bool) -> None:
    """Print how each stands, and say of what is not there what to do."""
    if as_json:
        sys.stdout.write(f"{json.dumps([asdict(one) for one in found], indent=1)}\n")
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        if not as_json:
            sys.stdout.write(f"{one.standing:8}{one.name:{width}}  {one.path}\n")
    sys.stdout.flush()
    for one in found:
        if one.text and one.standing is not Standing.ABSENT:
            lines = [*one.text.splitlines(), *([f"terms: {one.terms}"] if one.terms else [])]
            _say("\n    ".join([f"{one.name}: {lines[0]}", *lines[1:]]))


def _code(found: Sequence[Got]) -> int:
    standings = {one.standing for one in found}
    return 1 if Standing.FAILED in standings else 3 if Standing.ASK in standings else 0


@contextmanager
def _progress() -> Iterator[Tell]:
    """Give what shows how far a file is: a bar and the time left on a terminal, else a line for each."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bars = Progress(
        TextColumn("{task.description}"), *columns, console=console, disable=not console.is_terminal
    )
    seen = {}
    with bars:

        def tell(name: str, have: int, whole: int | None) -> None:
            if name not in seen:
                seen[name] = bars.add_task(name, total=whole)
                if not console.is_terminal:
                    size = f", {(whole or have) / 1e6:.0f} MB" if whole else ""
                    on = f", going on at {have / 1e6:.0f} MB" if have else ""
                    _say(f"fetching {name}{size}{on}")
            bars.update(seen[name], completed=have, total=whole)

        yield tell


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    about, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m tasks.fetch",
        description=about,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    folder = Path(os.environ.get("ORCHESTRATOR_DATA") or "data")
    parser.add_argument("what", nargs="*", metavar="WHAT", help="a study file, or names")
    parser.add_argument("--data", type=Path, default=folder, help="default: ORCHESTRATOR_DATA, else data")
    parser.add_argument(
        "--archives", type=Path, help="where archives lie and are kept; default: DATA/archives"
    )
    parser.add_argument(
        "--mirror",
        default=os.environ.get(MIRROR),
        metavar="URL",
        help=f"address below which the files lie by their names, asked first; default: {MIRROR}",
    )
    parser.add_argument("--list", action="store_true", help="say how everything stands and fetch nothing")
    parser.add_argument("--json", action="store_true", help="print one list for scripts")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
