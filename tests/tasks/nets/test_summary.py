import math
from pathlib import Path

import pytest
from torch import nn

from orchestrator.report.edges.table_file import read_reference
from orchestrator.report.reference import PrintedRow, PrintedTable
from tasks.nets import mininet, summary

REFERENCE = read_reference(Path(__file__).parents[3] / "reports/reference_results.yaml")


@pytest.fixture(scope="module")
def described() -> dict[str, float]:
    return summary.describe(mininet.build(), (3, 64, 64))


def printed(table: str) -> PrintedTable:
    found = REFERENCE.table(table)
    assert found is not None
    return found


@pytest.mark.parametrize("row", printed("s002.mini_architecture").rows[:7], ids=lambda row: row.row)
def test_layers_are_those_of_the_report(described: dict[str, float], row: PrintedRow) -> None:
    name = row.row.lower().replace("-", "_")
    shape, parameters = row.values
    assert [described.get(f"{name}_output_{place}") for place in (1, 2, 3)] == [*shape[1:], None, None][:3]
    assert described[f"{name}_outputs"] == math.prod(shape[1:])
    assert described[f"{name}_parameters"] == parameters


@pytest.mark.parametrize(
    ("metric", "row"),
    [
        ("total_parameters", "Total params"),
        ("trainable_parameters", "Trainable params"),
        ("frozen_parameters", "Non-trainable params"),
    ],
)
def test_parameters_are_those_of_the_report(described: dict[str, float], metric: str, row: str) -> None:
    assert described[metric] == printed("s002.mini_architecture").value(row, "parameters")


@pytest.mark.parametrize(
    ("metric", "row"),
    [
        ("memory_input", "Input size"),
        ("memory_passes", "Forward/backward pass size"),
        ("memory_parameters", "Params size"),
        ("memory_total", "Estimated Total Size"),
    ],
)
def test_memory_lines_are_those_of_the_report(described: dict[str, float], metric: str, row: str) -> None:
    assert round(described[metric], 2) == printed("s002.mini_memory").value(row, "value")


def test_frozen_parameters_are_told_apart() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 2).requires_grad_(requires_grad=False), nn.Linear(2, 1))
    found = summary.describe(net, (3, 2, 2))
    assert (found["trainable_parameters"], found["frozen_parameters"]) == (3, 26)


def test_flatten_is_no_layer() -> None:
    assert [layer.name for layer in summary.layers(mininet.build(8), (3, 8, 8))][-1] == "linear_7"


@pytest.mark.parametrize("training", [True, False])
def test_network_is_left_as_it_was(training: bool) -> None:
    net = nn.Sequential(nn.Conv2d(3, 1, kernel_size=1), nn.BatchNorm2d(1)).train(training)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    summary.layers(net, (3, 4, 4))
    assert net.training is training
    assert all(tensor.equal(before[name]) for name, tensor in net.state_dict().items())
