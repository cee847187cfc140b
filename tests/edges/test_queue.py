import pytest

from orchestrator.edges.queue import Queued, parse_queue


def test_arrays_and_single_jobs() -> None:
    assert parse_queue("12_0|R|name|.\n12_1|PD|name|.\n13|CG|other|with bar|.\n") == [
        Queued(job="12_0", state="R", name="name"),
        Queued(job="12_1", state="PD", name="name"),
        Queued(job="13", state="CG", name="other|with bar"),
    ]


def test_an_answer_that_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="squeue answered"):
        parse_queue("slurm_load_jobs error: Unable to contact slurm controller")
