import pytest

from orchestrator.evidence.failure_class import classify


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", "cuda_out_of_memory"),
        ("torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered", "gpu_failure"),
        ("RuntimeError: CUDA error: no kernel image is available for execution on the device", "gpu_failure"),
        (
            "torch.AcceleratorError: CUDA error: CUDA-capable device(s) is/are busy or unavailable",
            "gpu_failure",
        ),
        ("RuntimeError: Found no NVIDIA driver on your system. Please check that", "gpu_failure"),
        ("RuntimeError: No CUDA GPUs are available", "gpu_failure"),
        ("AssertionError: Torch not compiled with CUDA enabled", "gpu_failure"),
        (
            "ImportError: libcuda.so.1: cannot open shared object file: No such file or directory",
            "gpu_failure",
        ),
        (
            "UserWarning: CUDA initialization: Found no NVIDIA driver on your system.\nkilled by signal 9",
            "killed",
        ),
        ("RuntimeError: CUDA error: device-side assert triggered", "unknown"),
        ("RuntimeError: CUDA error: an illegal memory access was encountered", "unknown"),
        ("OSError: [Errno 28] No space left on device: 'x'", "disk_full"),
        ("OSError: [Errno 122] Disk quota exceeded", "disk_full"),
        ("OSError: [Errno 116] Stale file handle: '/home/a.pt'", "file_system"),
        ("OSError: [Errno 5] Input/output error", "file_system"),
        ("OSError: [Errno 107] Transport endpoint is not connected: '/scratch'", "file_system"),
        ("TimeoutError: [Errno 110] Connection timed out: '/home/a.pt'", "file_system"),
        ("TimeoutError: [Errno 110] Connection timed out", "unknown"),
        ("urllib.error.URLError: <urlopen error [Errno 110] Connection timed out>", "unknown"),
        ("OSError: [Errno 121] Remote I/O error: 'a'\n\nDatasetError: `a` cannot be read", "file_system"),
        ("ModuleNotFoundError: No module named 'timm'", "import_error"),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=7.0", "host_out_of_memory"),
        ("the runner was killed by signal 9 by the kernel's out-of-memory killer", "host_out_of_memory"),
        ("the runner was killed by signal 9", "killed"),
        ("the runner was killed by signal 7", "bus_error"),
        ("the runner was killed by signal 11", "unknown"),
        ("FloatingPointError: NaN loss: every metric is NaN (loss)", "nan_loss"),
        ("ValueError: something else", "unknown"),
    ],
)
def test_classify(text: str, kind: str) -> None:
    assert classify(text).kind == kind
