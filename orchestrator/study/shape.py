"""The resources of a worker, and which trials fit into it."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from orchestrator.study.placement import Placement

_UNITS_S = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_UNITS_MB = {"MB": 1, "M": 1, "GB": 1024, "G": 1024, "TB": 1024**2, "T": 1024**2}
_UNITS_BYTES = (("TB", 1024**4), ("GB", 1024**3), ("MB", 1024**2))

_LIKE_DURATION = "write for example `20h`, `1d12h`, `30min` or `20:00:00`"
_LIKE_MEMORY = "write for example `24GB` or `500MB`"

_LONGEST = 40
"""Characters of a duration or an amount."""
_LONGEST_S = 10 * 366 * 86400


def parse_duration(text: object) -> int:
    """Return seconds from `20h`, `1d12h`, `90s`, `20:00:00` or a number of seconds."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    given = _short(text)
    if clock := re.fullmatch(r"(?:(\d+)-)?(\d+):(\d\d):(\d\d)", given):
        days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    parts = re.findall(r"(\d+)\s*(min|[smhd])", given)
    if not parts or re.sub(r"\d+\s*(min|[smhd])\s*", "", given):
        raise ValueError(f"`{given}` is not a duration; {_LIKE_DURATION}")
    return sum(int(number) * _UNITS_S[unit] for number, unit in parts)


def parse_memory(text: object) -> int:
    """Return megabytes from `24GB` or `500MB`."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    match = re.fullmatch(r"(\d+)\s*([MGT]B?)", _short(text).upper())
    if not match:
        raise ValueError(f"`{text}` is not an amount of memory; {_LIKE_MEMORY}")
    return int(match[1]) * _UNITS_MB[match[2]]


def _short(text: object) -> str:
    """Return the text, cut where nobody means a number any more."""
    return str(text).strip()[:_LONGEST]


def format_duration(seconds: float) -> str:
    """Return `1d 2h`, `3h 20min`, `5min` or `12s`."""
    whole = round(seconds)
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    parts = [f"{days}d"] * bool(days) + [f"{hours}h"] * bool(hours) + [f"{minutes}min"] * bool(minutes)
    return " ".join(parts[:2]) or f"{whole}s"


def format_bytes(count: int) -> str:
    """Return `1.3 GB`, `24 MB` or `0 KB`: what is begun of a unit of kilobytes counts."""
    if count < 1024**2:
        return f"{-(-count // 1024)} KB"
    unit, size = next((unit, size) for unit, size in _UNITS_BYTES if count >= size)
    number = count / size
    return f"{number:.1f} {unit}" if number < 10 else f"{number:,.0f} {unit}"


_Duration = Annotated[
    str,
    StringConstraints(pattern=r"^(\d+-)?\d+:\d\d:\d\d$|^(\s*\d+\s*(min|[smhd]))+\s*$"),
    Field(json_schema_extra={"patternErrorMessage": _LIKE_DURATION}),
]
_Memory = Annotated[
    str,
    StringConstraints(pattern=r"^\s*\d+\s*[MGTmgt][Bb]?\s*$"),
    Field(json_schema_extra={"patternErrorMessage": _LIKE_MEMORY}),
]
Seconds = Annotated[
    int,
    BeforeValidator(parse_duration, json_schema_input_type=int | _Duration),
    Field(gt=0, le=_LONGEST_S),
]
Megabytes = Annotated[int, BeforeValidator(parse_memory, json_schema_input_type=int | _Memory), Field(gt=0)]


_CHOICES = ("partition", "gpu", "constraint", "qos", "account", "exclusive", "sbatch")
"""What a scheduler alone can make of a shape."""


class Shape(Placement):
    """What a worker asks for; a trial names the shape it needs."""

    gpus: int = Field(default=0, ge=0)
    """GPUs of each node."""
    cpus: int = Field(default=1, ge=1)
    """Cores of each node."""
    memory: Megabytes = 2048
    """Memory of each node, as `24GB`; a number is megabytes."""
    time: Seconds = 3600
    """The wall limit of one worker, as `20h`; a number is seconds. A trial may take several workers."""
    workers: int | None = Field(default=None, ge=1)
    """At most this many workers of the shape at once."""
    slots: int = Field(default=1, ge=1, le=64, exclude_if=lambda slots: slots == 1)
    """So many trials a worker runs at once; they share its GPUs, cores and memory."""
    lockstep: int = Field(default=1, ge=1, le=256, exclude_if=lambda lockstep: lockstep == 1)
    """At most so many trials a worker trains as one batched model, where their task can (`LOCKSTEP`)."""
    grace: Seconds | None = None
    """So long a trial told to stop may take at least before it is killed; left out: as the profile says."""

    @model_validator(mode="after")
    def _on_one_node(self) -> Shape:
        if self.slots > 1 and self.nodes > 1:
            raise ValueError(
                f"`slots: {self.slots}` are of one node, and `nodes: {self.nodes}` are several; leave out "
                "`slots` for trials on several nodes each, or `nodes` for several trials on one"
            )
        if self.lockstep > 1 and self.slots > 1:
            given = f"`lockstep: {self.lockstep}` and `slots: {self.slots}`"
            raise ValueError(f"{given} are two ways to share a worker: leave one of them out")
        return self

    @property
    def at_once(self) -> int:
        """How many trials a worker may be at."""
        return self.slots * self.lockstep

    @property
    def threads(self) -> int:
        """The cores that each of its trials has for itself."""
        return max(1, self.cpus // self.slots)

    @property
    def all_gpus(self) -> int:
        """The GPUs of all its nodes."""
        return self.nodes * self.gpus

    @property
    def chosen(self) -> dict[str, Any]:
        """What it says of where on a cluster its workers run: key -> value."""
        given = {key: getattr(self, key) for key in _CHOICES}
        return {key: value for key, value in given.items() if value and (key != "gpu" or self.gpus)}

    def anywhere(self) -> Shape:
        """Return the shape without what only a scheduler can make of it."""
        bare = Placement()
        return self.model_copy(update={key: getattr(bare, key) for key in _CHOICES})

    def fits(self, room: Shape) -> bool:
        """Say whether a trial of this shape may be taken by a worker of shape `room`.

        A worker with GPUs leaves trials without to others: they would keep its GPUs idle. What was chosen of
        the cluster must be the same: a trial may be too much for other nodes, accounts or queues. With more
        trials than its shape says it shares nothing.
        """
        if self.gpus == 0 and room.gpus > 0:
            return False
        if self.nodes != room.nodes or self.chosen != room.chosen or self.slots < room.slots:
            return False
        return self.gpus <= room.gpus and self.cpus <= room.cpus and self.memory <= room.memory
