import socket
import sys

import pytest

from tasks.predict import page
from tasks.predict.finished import NoAnswerError, find_finished
from tests.tasks.predict.conftest import Runs


def test_without_gradio_it_says_what_to_type(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gradio", None)
    trial = find_finished(str(runs.add().path), runs.path)
    with pytest.raises(NoAnswerError, match="--serve needs gradio, which is not installed\nhint: type `make"):
        page.serve([trial])


def test_port_that_is_taken_is_told(runs: Runs) -> None:
    trial = find_finished(str(runs.add().path), runs.path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            NoAnswerError, match=f"port {port} cannot be used: Address already in use\nhint: "
        ):
            page.serve([trial], port)


def test_port_that_is_none_is_told(runs: Runs) -> None:
    trial = find_finished(str(runs.add().path), runs.path)
    with pytest.raises(NoAnswerError, match=r"port 70000 cannot be used: .*\nhint: leave --port out"):
        page.serve([trial], 70000)
