"""A profile as a file that people read: each value with where it comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from orchestrator.places.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.doctor.examination import Finding

_COMMENT_AT = 34


def profile_text(profile: Profile, findings: Sequence[Finding], heading: Sequence[str]) -> str:
    """Return the lines of `slurm/<name>.yaml`; what reads profiles reads them back."""
    found = {finding.key: finding for finding in findings if finding.key}
    lines = [f"# {line}" for line in heading]
    plain = profile.model_dump(mode="json", include={"partitions"}, exclude_defaults=True)
    for key in Profile.model_fields:
        value = _written(key, plain.get(key, getattr(profile, key)))
        comment = _comment(found.get(key), getattr(profile, key) == Profile.model_fields[key].get_default())
        lines.append(f"{f'{key}: {value}':<{_COMMENT_AT}} {comment}".rstrip())
    return "\n".join(lines) + "\n"


def _written(key: str, value: Any) -> str:
    if key == "max_time" and value is not None:  # as Slurm writes it; other durations as seconds
        return json.dumps(clock(value))
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _comment(finding: Finding | None, default: bool) -> str:
    if finding is not None:
        return f"# {finding.check}: {' '.join(finding.found.split())}"
    return "# not looked at; the default" if default else ""


def clock(seconds: int) -> str:
    """Return `1-02:03:04` or `20:00:00`."""
    days, rest = divmod(seconds, 86400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}-{text}" if days else text
