import pytest

from orchestrator.core.failure import CLASSES, advice, classify


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", "cuda_out_of_memory"),
        ("OSError: [Errno 28] No space left on device: 'x'", "disk_full"),
        ("ModuleNotFoundError: No module named 'timm'", "import_error"),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=7.0", "host_out_of_memory"),
        ("the runner was killed by signal 9", "host_out_of_memory"),
        ("FloatingPointError: NaN loss: every metric is NaN (loss)", "nan_loss"),
        ("ValueError: something else", "unknown"),
    ],
)
def test_classify(text: str, kind: str) -> None:
    assert classify(text).kind == kind


@pytest.mark.parametrize("known", CLASSES, ids=lambda known: known.kind)
def test_every_class_says_what_to_do(known: object) -> None:
    assert advice(known.kind) == known.advice  # type: ignore[attr-defined]
