import pytest
import torch
from torch import nn

from tasks.parts import precision
from tasks.parts.params import FusedParams, PrecisionParams


def narrow() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 4))


def answers(**given: object) -> torch.Tensor:
    """What a small network says of two pictures in some precision."""
    net = precision.prepare(narrow(), PrecisionParams.model_validate(given))
    pictures = torch.linspace(-1, 1, 2 * 3 * 8 * 8).view(2, 3, 8, 8)
    found: torch.Tensor = net(pictures).detach()
    return found


@pytest.mark.parametrize("amp", ["bf16", "fp16"])
def test_sixteen_bits_agree_with_thirty_two_but_for_rounding(amp: str) -> None:
    found, wanted = answers(amp=amp), answers()
    assert found.dtype is torch.float32
    assert not found.equal(wanted)
    assert torch.linalg.norm(found - wanted) / torch.linalg.norm(wanted) < 1e-2


def test_the_order_of_memory_changes_nothing() -> None:
    assert torch.allclose(answers(channels_last=True), answers(), atol=1e-6)


def test_weights_keep_their_names_and_their_bits() -> None:
    params = PrecisionParams(amp="bf16", channels_last=True, compile=True)
    found, wanted = precision.prepare(narrow(), params).state_dict(), narrow().state_dict()
    assert found.keys() == wanted.keys()
    assert all(found[name].equal(wanted[name]) for name in wanted)


def test_gradients_and_weights_have_thirty_two_bits() -> None:
    net = precision.prepare(narrow(), PrecisionParams(amp="bf16"))
    net(torch.ones(2, 3, 8, 8)).sum().backward()
    assert {weight.grad.dtype for weight in net.parameters() if weight.grad is not None} == {torch.float32}


@pytest.mark.parametrize(("tf32", "wanted"), [(True, "tf32"), (False, "ieee")])
def test_tf32_is_said_for_products_and_convolutions(tf32: bool, wanted: str) -> None:
    precision.set_tf32(PrecisionParams(tf32=tf32))
    cudnn = torch.backends.cudnn.conv  # type: ignore[attr-defined]  # set at import
    assert {torch.backends.cuda.matmul.fp32_precision, cudnn.fp32_precision} == {wanted}


def test_what_is_as_in_the_papers_names_no_trial() -> None:
    assert FusedParams().model_dump() == {}
    assert FusedParams(amp="bf16", fused=True).model_dump() == {"amp": "bf16", "fused": True}
