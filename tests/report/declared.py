"""Tables as report files declare them, and trials of two pretrainings to fill them."""

from typing import Any

from orchestrator.report.definition import TableDefinition
from orchestrator.report.selection import Observation
from tests.observations import observe


def declared(**changes: Any) -> TableDefinition:
    given: dict[str, Any] = {"id": "t", "title": "T", "stage": "segment", "metric": "iou"}
    given |= {"rows": [{"over": ["pretrain"]}], "columns": [{"over": ["hair"]}]}
    return TableDefinition.model_validate(given | changes)


def pair(control: float | None, gender: float | None, **axes: Any) -> list[Observation]:
    values = {"control": control, "gender": gender}
    return [
        observe(None if value is None else {"iou": value}, pretrain=name, **axes)
        for name, value in values.items()
    ]


def seeded(*, control: list[float], gender: list[float], **axes: Any) -> list[Observation]:
    both = zip(control, gender, strict=True)
    return [one for seed, values in enumerate(both) for one in pair(*values, seed=seed, **axes)]


APART = seeded(control=[0.50, 0.52, 0.51, 0.49], gender=[0.60, 0.63, 0.61, 0.60], hair=True)
