"""What every dataset reader returns, and the error it raises."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# The synthetic writer leaves this file in each folder, so that no number made from it passes for a real one.
SYNTHETIC_MARK = "SYNTHETIC.txt"


class DatasetError(ValueError):
    """A dataset is missing, cut short, or not in its documented format."""


class Sample(Protocol):
    """One picture of a dataset with what is known about it."""

    @property
    def name(self) -> str:
        """Identify the sample within its dataset."""

    def manifest(self) -> str:
        """Describe the sample in one line that changes when its files or labels change."""


S = TypeVar("S", bound=Sample)


@dataclass(frozen=True, slots=True)
class MaskedFace:
    """A picture and where its label mask is: one file (LFW), or a folder of probability maps (HELEN)."""

    name: str
    image: Path
    labels: Path

    def manifest(self) -> str:
        """Name the sample and the bytes of its files."""
        maps = sorted(self.labels.glob("*.png")) if self.labels.is_dir() else [self.labels]
        return " ".join([self.name, *(str(size(path)) for path in (self.image, *maps))])


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """A picture with named yes/no labels."""

    name: str
    image: Path
    labels: Mapping[str, bool]

    def manifest(self) -> str:
        """Name the sample, the bytes of its picture and its labels."""
        labels = (f"{label}={int(value)}" for label, value in sorted(self.labels.items()))
        return " ".join([self.name, str(size(self.image)), *labels])


@dataclass(frozen=True, slots=True)
class ClassedFace:
    """A picture with the number of its one class."""

    name: str
    image: Path
    label: int

    def manifest(self) -> str:
        """Name the sample, the bytes of its picture and its class."""
        return f"{self.name} {size(self.image)} {self.label}"


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """The samples of a dataset sorted by name, and what was found wrong on the way.

    `dropped` counts by reason what was left out; `remarks` counts what was kept but is worth knowing.
    `synthetic` is true for a folder drawn by `tasks.data.synthetic`.
    """

    dataset: str
    samples: tuple[S, ...]
    dropped: Mapping[str, int]
    remarks: Mapping[str, int] = field(default_factory=dict)
    synthetic: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all samples."""
        return tuple(sample.name for sample in self.samples)

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over names, file sizes and labels; where the folder lies does not matter.

        It looks at every file, so with a large dataset choose first: `reading.only(names).digest`.
        """
        lines = [self.dataset, *(sample.manifest() for sample in self.samples)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def only(self, names: Iterable[str]) -> Reading[S]:
        """Cut to the samples of these names; raises DatasetError for a name that is not there."""
        wanted = set(names)
        unknown = sorted(wanted.difference(self.names))
        if unknown:
            raise DatasetError(f"{self.dataset} has no sample `{unknown[0]}` ({len(unknown)} such names)")
        return replace(self, samples=tuple(sample for sample in self.samples if sample.name in wanted))

    def summary(self) -> str:
        """Say in one line how many samples there are, what was dropped and what was remarked."""
        parts = [f"{self.dataset}: {len(self.samples)} samples" + (" (synthetic)" if self.synthetic else "")]
        parts += [f"dropped {count}: {reason}" for reason, count in self.dropped.items()]
        parts += [f"kept, {remark}: {count}" for remark, count in self.remarks.items()]
        return "; ".join(parts)

    def metrics(self) -> dict[str, float]:
        """Return what was dropped and what was remarked upon, and `synthetic` (1 for drawn data).

        `dropped_<reason>` counts for each reason, `dropped` is their sum, `kept_<remark>` counts what stayed.
        """
        reasons = {f"dropped_{_slug(reason)}": float(count) for reason, count in self.dropped.items()}
        remarks = {f"kept_{_slug(remark)}": float(count) for remark, count in self.remarks.items()}
        return {**reasons, "dropped": sum(reasons.values()), **remarks, "synthetic": float(self.synthetic)}


def make_reading(
    dataset: str, root: Path, samples: Iterable[S], dropped: Counter[str], remarks: Counter[str] | None = None
) -> Reading[S]:
    """Sort the samples and keep the counts that are not zero; raises DatasetError when no sample is left."""
    ordered = tuple(sorted(samples, key=lambda sample: sample.name))
    if not ordered:
        reasons = "; ".join(f"{reason}: {count}" for reason, count in sorted((+dropped).items()))
        raise DatasetError(f"`{root}` holds no usable {dataset} sample ({reasons or 'nothing is listed'})")
    return Reading(
        dataset=dataset,
        samples=ordered,
        dropped=dict(sorted((+dropped).items())),
        remarks=dict(sorted((+(remarks or Counter())).items())),
        synthetic=(root / SYNTHETIC_MARK).is_file(),
    )


def _slug(reason: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", reason.lower()).strip("_")


def size(path: Path) -> int:
    """Return the bytes of a file; raises DatasetError when it is gone."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise DatasetError(f"cannot read `{path}`: {error.strerror}") from error


def numbered_lines(path: Path) -> list[tuple[int, str]]:
    """Return the lines that are not blank, stripped, with their numbers from 1; raises DatasetError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"cannot read `{path}`: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"`{path}` is not a text file: {error}") from error
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def file_names(folder: Path) -> frozenset[str]:
    """Return the names in a folder without dot-files: one listing is quicker than asking for each file."""
    try:
        return frozenset(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DatasetError(f"cannot read the folder `{folder}`: {error.strerror}") from error
