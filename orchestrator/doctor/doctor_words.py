"""What the terminal shows of an examination."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from orchestrator.doctor.examination import Examination, Finding, Mark, counts, said
from orchestrator.places.profile import LOCAL

if TYPE_CHECKING:
    from rich.table import Table

_STYLES = {Mark.OK: "green", Mark.NOTE: "yellow", Mark.WRONG: "bold red", Mark.UNKNOWN: "magenta"}


def examination_json(examination: Examination) -> dict[str, Any]:
    """Return an examination for scripts."""
    return {
        "place": examination.place,
        "sound": examination.sound,
        "open": examination.open,
        "findings": [asdict(finding) for finding in examination.findings],
        "profile": examination.profile.model_dump(mode="json"),
    }


def examination_table(examination: Examination) -> Table:
    """Return one row per check: what was found, what the profile says, what it should say."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("", "check", "found"):
        table.add_column(name)
    keys = examination.place != LOCAL.name
    if keys:
        table.add_column("profile says")
        table.add_column("it should say")
    for finding in examination.findings:
        cells = [Text(finding.check), Text(finding.found)]
        cells += [Text(_says(finding)), Text(_should(finding), style="bold")] if keys else []
        table.add_row(Text(finding.mark, style=_STYLES[finding.mark]), *cells)
    return table


def advice(examination: Examination, profile: str | None, written: str | None) -> list[str]:
    """Return what to do about the findings, and what to type next."""
    hints = [
        f"{finding.mark} {finding.check}: {finding.hint}" for finding in examination.findings if finding.hint
    ]
    return [
        *hints,
        f"{examination.place}: {counts(examination.findings)}",
        *([f"written to {written}"] if written else []),
        f"next: {_next(examination, profile, written)}",
    ]


def _says(finding: Finding) -> str:
    if finding.key is None:
        return ""
    return f"{finding.key}: {finding.says}" if finding.says else f"no {finding.key}"


def _should(finding: Finding) -> str:
    if finding.key is None or finding.should is None:
        return ""
    return f"{finding.key}: {said(finding.key, finding.should)}"


def _next(examination: Examination, profile: str | None, written: str | None) -> str:
    command = "python -m orchestrator"
    again = f"{command} doctor" + (f" --cluster {profile}" if profile else "")
    if examination.place == LOCAL.name:
        return f"{command} submit STUDY.yaml" if examination.sound else f"mend what is wrong, then {again}"
    changes = any(one.should is not None and one.mark is Mark.WRONG for one in examination.findings)
    if written and examination.sound:
        return f"{command} submit STUDY.yaml --cluster {written}"
    if written:
        return f"mend what is left, then {command} doctor --cluster {written}"
    if profile is None:
        return f"the same with --write slurm/{examination.place}.yaml"
    if changes:
        return f"change the profile, or {again} --write slurm/mine.yaml"
    if examination.sound:
        return f"{command} submit STUDY.yaml --cluster {profile}"
    if any(finding.mark is Mark.WRONG for finding in examination.findings):
        return f"mend what is wrong, then {again}"
    return f"{again} --patience 1h, or at a time when nodes are free"
