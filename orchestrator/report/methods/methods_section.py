"""A section of the methods appendix as a plain value: every form of it is written from this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsTable:
    """A small table; its first column may hold long texts, the others short ones."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsSection:
    """What is said of one subject. In texts `backticks` are around names as a study spells them."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    """Points of a list, each with what it is about."""
    table: MethodsTable | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.paragraphs or self.items or self.table)


def spoken(name: str) -> str:
    """Return a name of a parameter or metric as prose has it: `batch_size` as `batch size`."""
    return name.replace("_", " ")


def counted(number: int, what: str) -> str:
    """Return `1 trial` or `2 trials`."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def listed_values(texts: list[str], most: int = 8) -> str:
    """Return texts one after the other, of many the first ones and the last."""
    if len(texts) <= most:
        return ", ".join(texts)
    return f"{', '.join(texts[: most - 1])}, …, {texts[-1]} ({len(texts)} values)"
