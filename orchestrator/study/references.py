"""What `${...}` in a value of a stage may name: the stage's axes, and what is inside of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import nearest
from orchestrator.study import records
from orchestrator.study.matrix import referred

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from orchestrator.study.axis_values import Value
    from orchestrator.study.study_file import StageEntry


def wrong_references(
    value: Any,
    entry: StageEntry,
    axes: Mapping[str, Sequence[Value]],
    linked: records.Linked,
    *,
    shared: Collection[str],
    stage: str,
    this: str = "this stage",
) -> Iterator[tuple[str, str]]:
    """Give what is wrong with each reference of a value, with a hint.

    `axes` are those of the stage, `linked` of them those of records, and `shared` those of the study; `this`
    is what the stage is called there.
    """
    for reference in sorted(referred(value) - set(entry.over)):
        axis = records.axis_meant(reference, entry.over)
        if axis is None:
            meant = records.axis_meant(reference, shared)
            add = f"add `{meant}` to `over:` of stage `{stage}`"
            hint = nearest(reference, axes) if meant is None else add
            yield f"`${{{reference}}}` is not an axis of {this}", hint
            continue
        values = [*axes.get(axis, ()), *(point[axis] for point in entry.include if axis in point)]
        if wrong := records.without_field(reference, axis, values, linked):
            yield f"`${{{reference}}}`: {wrong[0]}", wrong[1]
