"""The verb that removes what nobody needs any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from orchestrator.messages.errors import OrchestratorError, UserError
from orchestrator.messages.problems import nearest
from orchestrator.messages.terminal import give, say, show
from orchestrator.verbs.lookup import find_submitted
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName
from orchestrator.verbs.saying_next import say_next

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.removable import Leftover


def clean(
    study: StudyName,
    remove: Annotated[bool, typer.Option("--remove", help="Remove what is listed.")] = False,
    kind: Annotated[
        Optional[list[str]],
        typer.Option(metavar="KIND", help="Only checkpoint, set-aside, work or code; may be repeated."),
    ] = None,
    runs: Runs = RUNS,
    as_json: Json = False,
) -> None:
    """List what nobody needs any more, and remove it when told to.

    Of trials that are DONE: checkpoints, those that `retry --restart` set aside, and folders they ran in.
    Of the study: copies of the project that neither a worker nor a result names. Results, artifacts and logs
    stay, and so does what `keep:` of a stage names, as it was submitted.

    \b
    Examples:
      python -m orchestrator clean toy
      python -m orchestrator clean toy --remove
      python -m orchestrator clean toy --kind set-aside --kind work --remove
    """
    from orchestrator.engine.clean import find_removable
    from orchestrator.evidence.removable import KINDS
    from orchestrator.study.shape import format_bytes
    from orchestrator.verbs.next_step import after_clean

    kinds = _checked(kind or KINDS)
    folder, submission = find_submitted(study, runs)
    name = submission.study.name
    found = find_removable(folder, name, kinds)
    if found.damage:
        say(f"note: no code is listed, for a result may name it: {found.damage}")
    removal = remove_all(folder, name, found.leftovers) if remove else Removal()
    if as_json:
        give({"study": name, **_removable_json(folder, found.leftovers), "freed": removal.freed})
    elif found.leftovers:
        show(removable_table(found.leftovers))
    if not found.leftovers:
        say(f"nothing of `{name}` can be removed")
    elif remove:
        say(f"{format_bytes(removal.freed)} freed")
    else:
        say("nothing was removed")
        if not as_json:
            say_next(after_clean(name, tuple(kind or ())), runs)
    if removal.failed:
        raise OrchestratorError(
            "\n".join(["not everything could be removed:", *removal.failed]),
            hint="see who may write there, or who has files open; the same command goes on",
        )


def _checked(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds; UserError for one that there is not."""
    from orchestrator.evidence.removable import KINDS

    for kind in kinds:
        if kind not in KINDS:
            raise UserError(f"there is no kind `{kind}` to remove", hint=nearest(kind, KINDS))
    return tuple(kinds)


@dataclass(slots=True)
class Removal:
    """What became of what was to be removed."""

    freed: int = 0
    failed: tuple[str, ...] = ()


def remove_all(runs: RunFolder, name: str, leftovers: Sequence[Leftover]) -> Removal:
    """Remove everything that can be; what is needed by now stays."""
    from orchestrator.engine.clean import remove

    removal = Removal()
    for leftover in leftovers:
        try:
            if remove(runs, name, leftover):
                removal.freed += leftover.size
        except OSError as error:
            what = f"{error.strerror or error}: {error.filename or leftover.path}"
            removal.failed = (*removal.failed, f"- {leftover.path}: {what}")
    return removal


def _removable_json(runs: RunFolder, leftovers: Sequence[Leftover]) -> dict[str, Any]:
    """Return what can be removed for scripts; sizes are bytes."""
    return {
        "bytes": sum(one.size for one in leftovers),
        "removable": [
            {
                "kind": one.kind,
                "stage": one.stage,
                "trial": one.owner if one.stage else "",
                "path": str(runs.path / one.path),
                "bytes": one.size,
            }
            for one in leftovers
        ],
    }


def removable_table(leftovers: Sequence[Leftover]) -> Table:
    """Return a row for each kind of each stage, with a line of totals."""
    from rich.table import Table

    from orchestrator.study.shape import format_bytes

    groups: dict[tuple[str, str], list[int]] = {}
    for one in leftovers:
        groups.setdefault((one.stage, one.kind), []).append(one.size)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage")
    table.add_column("kind")
    table.add_column("folders", justify="right")
    table.add_column("size", justify="right")
    for (stage, kind), sizes in groups.items():
        table.add_row(stage or "·", kind, str(len(sizes)), format_bytes(sum(sizes)))
    table.add_section()
    total = format_bytes(sum(one.size for one in leftovers))
    table.add_row("all", "", str(len(leftovers)), total, style="bold")
    return table
