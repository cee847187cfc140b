"""Stands in for bwa, samtools, bcftools and a plot: a read is a line, and is mapped where it stands."""

import json
import sys
from pathlib import Path


def map_reads(genome: str, reads: str, out: str) -> None:
    """Write the place of each read in the genome."""
    text = Path(genome).read_text()
    found = [f"{text.index(read[:2])} {read}" for read in Path(reads).read_text().split()]
    Path(out).write_text("\n".join(found))


def sort(mapped: str, out: str) -> None:
    """Sort reads by their place."""
    lines = Path(mapped).read_text().splitlines()
    Path(out).write_text("\n".join(sorted(lines, key=lambda line: int(line.split()[0]))))


def call(genome: str, listed: str, out: str) -> None:
    """Write where reads of any sample differ from the genome; `listed` is a file that lists the samples."""
    text = Path(genome).read_text()
    lines = [
        line.split()
        for member in json.loads(Path(listed).read_text())
        for line in Path(member["artifacts"], "sorted.bam").read_text().splitlines()
    ]
    other = {place for place, read in lines if not text.startswith(read, int(place))}
    Path(out).write_text("\n".join(sorted(other)))


def plot(calls: str, out: str) -> None:
    """Draw a bar for each variant."""
    variants = Path(calls).read_text().split()
    Path(out).write_text("<svg>" + "<rect/>" * len(variants) + "</svg>")
    print(len(variants), "variants")


{"map": map_reads, "sort": sort, "call": call, "plot": plot}[sys.argv[1]](*sys.argv[2:])
