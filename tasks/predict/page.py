"""A web page on which trials answer for one picture, on this machine alone; it works without a network."""

from __future__ import annotations

import importlib.util
import os
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tasks.predict import answers
from tasks.predict.cards import STYLE, Answered, cards
from tasks.predict.examples import examples_for
from tasks.predict.finished import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tasks.data.images import Pixels
    from tasks.parts.prediction import Predictor
    from tasks.predict.finished import Finished

HOST = "127.0.0.1"
LARGEST_PICTURE = "50mb"
SWEEP_SECONDS, KEPT_SECONDS = 60, 600  # pictures given and drawn lie in a folder for a while

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


def serve(trials: Sequence[Finished], port: int | None = None) -> Page:
    """Open the page and return once it answers.

    Raises NoAnswerError without gradio and for a port that cannot be used.
    """
    if importlib.util.find_spec("gradio") is None:
        raise NoAnswerError(
            "--serve needs gradio, which is not installed\n"
            "hint: type `make setup`, or in an environment of your own `pip install -e '.[serve]'`"
        )
    port, predictors = _free_port(port), [trial.load() for trial in trials]
    for trial, predictor in zip(trials, predictors, strict=True):
        # What the first visitor would wait for, and what is wrong with a task that answers nothing.
        answers.ask(trial, predictor, np.full((224, 224, 3), 128, np.uint8))
    # Of this user alone: gradio's own choice is one folder for all users of a machine.
    pictures = tempfile.TemporaryDirectory(prefix="predict-")
    _set_environment(pictures.name)
    blocks = _lay_out(trials, predictors, Path(pictures.name))
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
        css=STYLE,
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


def _lay_out(trials: Sequence[Finished], predictors: Sequence[Predictor], folder: Path) -> Any:
    """Return the page: a picture on one side, a card for each trial on the other."""
    import gradio

    def respond(given: str | None) -> Iterator[str]:
        answered: list[Answered | None] = [None] * len(trials)
        if given is None:
            yield cards(trials, answered)
            return
        path = Path(given)
        try:
            picture = answers.read_picture(path)
        except NoAnswerError as error:  # the visitor knows the file's name, not gradio's folder
            yield cards(trials, answered)
            raise gradio.Error(str(error).replace(f"{path.parent}/", ""), print_exception=False) from error
        for place, (trial, predictor) in enumerate(zip(trials, predictors, strict=True)):
            answered[place] = _timed(trial, predictor, picture)
            yield cards(trials, answered)

    def take(event: Any) -> str:
        return offered[int(event.index)]

    with gradio.Blocks(
        title="Ask a finished trial", analytics_enabled=False, delete_cache=(SWEEP_SECONDS, KEPT_SECONDS)
    ) as blocks:
        gradio.Markdown(
            "# Ask a finished trial" if len(trials) == 1 else f"# Ask {len(trials)} finished trials"
        )
        with gradio.Row():
            with gradio.Column(scale=1, min_width=300):
                given = gradio.Image(
                    label="picture",
                    height=320,
                    sources=["upload", "webcam", "clipboard"],
                    buttons=["fullscreen"],
                    placeholder="drop a picture here, or click to choose one",
                )
                # gradio's own reading of an upload says nothing where it fails.
                given.preprocess = lambda payload: None if payload is None else payload.path
                shown = examples_for(trials[0])
                offered = _as_files(shown.pictures, folder)
                gradio.Markdown(f"or take one {shown.origin}:")
                gallery = gradio.Gallery(
                    offered,
                    show_label=False,
                    label="examples",
                    columns=3,
                    height="auto",
                    allow_preview=False,
                    interactive=False,
                    buttons=[],
                    elem_id="examples",
                )
            with gradio.Column(scale=2, min_width=300):
                answer = gradio.HTML(cards(trials, [None] * len(trials)), apply_default_css=False)
        given.change(
            respond,
            given,
            answer,
            api_visibility="private",
            show_progress="minimal",
            trigger_mode="always_last",
        )
        take.__annotations__["event"] = gradio.SelectData  # how gradio knows what to hand over
        gallery.select(take, None, given, api_visibility="private", show_progress="hidden")
    return blocks


def _timed(trial: Finished, predictor: Predictor, picture: Pixels) -> Answered:
    """Return the answer of one trial; a picture that it cannot take is told in its place."""
    begun = time.perf_counter()
    try:
        found = answers.ask(trial, predictor, picture)
    except (NoAnswerError, ValueError, RuntimeError) as error:
        return Answered(problem=str(error))
    return Answered(found=found, seconds=time.perf_counter() - begun)


def _as_files(pictures: Mapping[str, Pixels], folder: Path) -> list[str]:
    """Write pictures as files, which is how the page is given pictures; return where they lie."""
    return [
        _saved(picture, folder / f"{stem}.png")
        for picture, stem in zip(
            pictures.values(), answers.stems([Path(name) for name in pictures]), strict=True
        )
    ]


def _saved(picture: Pixels, path: Path) -> str:
    Image.fromarray(picture).save(path)
    return str(path)
