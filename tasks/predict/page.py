"""A web page that answers for one picture, on this machine alone; it works without a network."""

from __future__ import annotations

import importlib.util
import math
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tasks.predict import answers
from tasks.predict.finished import NoAnswerError

if TYPE_CHECKING:
    from tasks.parts.prediction import Prediction, Predictor
    from tasks.predict.finished import Finished

HOST = "127.0.0.1"
LARGEST_PICTURE = "50mb"
SHOWN_ANSWERS = 5
SWEEP_SECONDS, KEPT_SECONDS = 60, 600  # pictures given and drawn lie in a folder for a while
BUTTONS = ["fullscreen", "download"]  # without gradio's `share`, which sends a picture to a server of its own

# Read while gradio is imported: it reports to nobody and asks nobody for news.
OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The page while it is open."""

    url: str
    blocks: Any
    pictures: tempfile.TemporaryDirectory[str]

    def close(self) -> None:
        """End the server and forget the pictures that it was given."""
        self.blocks.close(verbose=False)
        self.pictures.cleanup()


def serve(trial: Finished, port: int | None = None) -> Page:
    """Open the page and return once it answers.

    Raises NoAnswerError without gradio and for a port that cannot be used.
    """
    if importlib.util.find_spec("gradio") is None:
        raise NoAnswerError(
            "--serve needs gradio, which is not installed\n"
            "hint: type `make setup`, or in an environment of your own `pip install -e '.[serve]'`"
        )
    port, predictor = _free_port(port), trial.load()
    # Of this user alone: gradio's own choice is one folder for all users of a machine.
    pictures = tempfile.TemporaryDirectory(prefix="predict-")
    _set_environment(pictures.name)
    blocks = _lay_out(trial, predictor)
    _, url, _ = blocks.launch(
        server_name=HOST,
        server_port=port,
        share=False,
        prevent_thread_lock=True,
        quiet=True,
        footer_links=[],
        max_file_size=LARGEST_PICTURE,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        ssr_mode=False,
        app_kwargs={"middleware": [_own_names_alone()]},
    )
    return Page(url, blocks, pictures)


def _free_port(wanted: int | None) -> int:
    """Return the port that is wanted, or a free one; NoAnswerError where it cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted or 0))
        except (OSError, OverflowError) as error:
            raise NoAnswerError(
                f"port {wanted} cannot be used: {getattr(error, 'strerror', None) or error}\n"
                "hint: leave --port out to get a free one"
            ) from error
        return int(probe.getsockname()[1])


def _set_environment(folder: str) -> None:
    for name in [name for name in os.environ if name.startswith("GRADIO_")]:
        del os.environ[name]  # some of them open more than this page
    os.environ.update({**OFFLINE, "GRADIO_TEMP_DIR": folder})
    # gradio asks its own server whether it is up; a proxy of the site would answer for it.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST)))


def _own_names_alone() -> Any:
    """Refuse what is sent to another host's name: a page elsewhere could point its name at this machine."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    return Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])


def _lay_out(trial: Finished, predictor: Predictor) -> Any:
    """Return the page: a picture, and a place for each thing that the task answers."""
    import gradio

    # Which questions there are, only an answer can say; it also loads what the first visitor would wait for.
    example = answers.ask(trial, predictor, np.full((224, 224, 3), 128, np.uint8))
    questions = tuple(example.scores)

    def respond(given: str | None) -> list[Any]:
        if given is None:
            return [None] * len(places)
        path = Path(given)
        try:
            picture = answers.read_picture(path)
            found = answers.ask(trial, predictor, picture)
        except NoAnswerError as error:  # the visitor knows the file's name, not gradio's folder
            raise gradio.Error(str(error).replace(f"{path.parent}/", ""), print_exception=False) from error
        return [picture, *_drawn(found, example), *(_known(found, question) for question in questions)]

    with gradio.Blocks(
        title=trial.task, analytics_enabled=False, delete_cache=(SWEEP_SECONDS, KEPT_SECONDS)
    ) as blocks:
        gradio.Markdown("\n\n".join([f"# {trial.task}", f"Trial `{trial.id}`", *trial.notes]))
        # Not the upload of `gradio.Image`: that reads the file itself, and says nothing where it cannot.
        upload = gradio.File(label="choose a picture", file_types=["image"])
        with gradio.Row():
            places: list[Any] = [
                gradio.Image(label=name, format="png", height=320, interactive=False, buttons=BUTTONS)
                for name in ("picture", "mask", "cutout")
                if name == "picture" or getattr(example, name) is not None
            ]
        with gradio.Row():
            places += [gradio.Label(label=question, num_top_classes=SHOWN_ANSWERS) for question in questions]
        upload.change(respond, upload, places, api_visibility="private")
    return blocks


def _known(found: Prediction, question: str) -> dict[str, float] | None:
    """Return the answers of a question that are numbers."""
    return {
        name: float(value) for name, value in found.scores[question].items() if math.isfinite(value)
    } or None


def _drawn(found: Prediction, example: Prediction) -> list[Any]:
    """Return those of mask and cut-out that the page has a place for."""
    pictures = [None if found.mask is None else found.mask.astype(np.uint8) * 255, found.cutout]
    places = (example.mask, example.cutout)
    return [picture for picture, place in zip(pictures, places, strict=True) if place is not None]
