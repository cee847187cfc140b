from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from tasks.parts import features
from tasks.parts.context import FolderContext
from tasks.parts.features import Order

PICTURES = torch.randn(5, 3, 8, 8, generator=torch.Generator().manual_seed(0))
NETWORK = nn.Conv2d(3, 2, 3)
ORDER = Order(
    network=NETWORK,
    names=("a", "b", "c", "d", "e"),
    load=lambda rows: PICTURES[rows],
    batch_size=2,
    key="k",
    notes={"encoder": "vgg16"},
)


def context_at(root: Path, *, stop: bool = False) -> FolderContext:
    return FolderContext(root=root, data=root, stop=lambda: stop)


def counted(loads: list[slice]) -> Order:
    def load(rows: slice) -> Tensor:
        loads.append(rows)
        return PICTURES[rows]

    return replace(ORDER, load=load)


def test_features_are_the_output_of_the_network(tmp_path: Path) -> None:
    stored = features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path))
    with torch.no_grad():
        expected = torch.cat([NETWORK(PICTURES[rows]) for rows in (slice(2), slice(2, 4), slice(4, 5))])
    assert torch.equal(stored.values, expected)


def test_names_key_and_notes_come_back(tmp_path: Path) -> None:
    features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path))
    stored = features.read(tmp_path / "f.safetensors")
    assert (stored.names, stored.key, stored.notes) == (ORDER.names, "k", {"encoder": "vgg16"})


def test_same_key_is_not_computed_again(tmp_path: Path) -> None:
    features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path))
    loads: list[slice] = []
    features.compute(tmp_path / "f.safetensors", counted(loads), context_at(tmp_path))
    assert loads == []


def test_other_key_is_computed_again(tmp_path: Path) -> None:
    features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path))
    loads: list[slice] = []
    features.compute(tmp_path / "f.safetensors", replace(counted(loads), key="other"), context_at(tmp_path))
    assert len(loads) == 3


def test_interrupted_computation_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    whole = features.compute(tmp_path / "whole.safetensors", ORDER, context_at(tmp_path / "whole"))
    computed: list[int] = []

    def seen(given: Tensor) -> Tensor:
        computed.append(len(given))
        return given

    order = replace(ORDER, normalise=seen)
    for _ in range(2):
        with pytest.raises(InterruptedError):
            features.compute(tmp_path / "f.safetensors", order, context_at(tmp_path, stop=True))
    parts = features.compute(tmp_path / "f.safetensors", order, context_at(tmp_path))
    assert computed == [2, 2, 1]
    assert torch.equal(parts.values, whole.values)


def test_interruption_at_the_end_loses_only_the_last_batch(tmp_path: Path) -> None:
    context = context_at(tmp_path, stop=True)
    for _ in range(3):
        with pytest.raises(InterruptedError):
            features.compute(tmp_path / "f.safetensors", ORDER, context)
    assert features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path)).names == ORDER.names


def test_partial_of_another_key_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path, stop=True))
    loads: list[slice] = []
    features.compute(tmp_path / "f.safetensors", replace(counted(loads), key="other"), context_at(tmp_path))
    assert loads[0].start == 0


def test_nothing_partial_is_left(tmp_path: Path) -> None:
    features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path))
    assert list((tmp_path / "checkpoint").iterdir()) == []


def test_half_precision_is_stored_as_such(tmp_path: Path) -> None:
    stored = features.compute(
        tmp_path / "f.safetensors", replace(ORDER, dtype="float16"), context_at(tmp_path)
    )
    assert stored.values.dtype == torch.float16


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    save_file({"features": torch.zeros(1)}, tmp_path / "f.safetensors")
    with pytest.raises(ValueError, match="holds no features"):
        features.read(tmp_path / "f.safetensors")


@pytest.mark.parametrize("changed", ["weights", "data", "preprocessing", "dtype"])
def test_key_depends_on_everything(changed: str) -> None:
    given = {"weights": "w", "data": "d", "preprocessing": "p", "dtype": "float32"}
    other = {**given, changed: "float16"}
    assert features.make_key(**given) != features.make_key(**other)  # type: ignore[arg-type]  # of mixed types


def test_weights_digest_sees_one_number() -> None:
    net = nn.Linear(2, 2)
    before = features.weights_digest(net)
    with torch.no_grad():
        net.bias[1] += 1
    assert features.weights_digest(net) != before


def damage(path: Path, place: int, how: str) -> None:
    """Cut the file at a place counted from its end, or flip a bit there."""
    content = bytearray(path.read_bytes())
    content[-place] ^= 1
    path.write_bytes(content if how == "flipped" else content[:-place])


@pytest.mark.parametrize("how", ["flipped", "cut"])
def test_damaged_features_are_computed_again(
    tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "f.safetensors"
    whole = features.compute(path, ORDER, context_at(tmp_path)).values.clone()
    damage(path, 20, how)
    again = features.compute(path, ORDER, context_at(tmp_path))

    assert torch.equal(again.values, whole)
    assert "left out" in caplog.text


@pytest.mark.parametrize("how", ["flipped", "cut"])
@pytest.mark.parametrize("file", ["f.partial", "f.json"])
def test_a_damaged_partial_is_left_out(
    tmp_path: Path, file: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InterruptedError):
        features.compute(tmp_path / "f.safetensors", ORDER, context_at(tmp_path, stop=True))
    path = tmp_path / "checkpoint" / file
    damage(path, path.stat().st_size - 5, how)
    loads: list[slice] = []
    features.compute(tmp_path / "f.safetensors", counted(loads), context_at(tmp_path))

    assert loads[0].start == 0
    assert "left out" in caplog.text


def test_room_for_all_rows_is_taken_first(tmp_path: Path) -> None:
    large = replace(ORDER, network=nn.Upsample(scale_factor=64))
    with pytest.raises(InterruptedError):
        features.compute(tmp_path / "f.safetensors", large, context_at(tmp_path, stop=True))
    partial = (tmp_path / "checkpoint/f.partial").stat()

    assert partial.st_blocks * 512 >= partial.st_size == 5 * 3 * 512 * 512 * 4
