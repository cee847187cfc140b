"""What an attempt of a trial wrote, as it grows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.evidence.edges.run_folder import TrialFolder

_TICK_S = 0.5


def pieces(folder: TrialFolder, number: int, *, follow: bool) -> Iterator[bytes]:
    """Yield the log of an attempt piece by piece; with `follow` until the attempt has ended."""
    file = folder.attempt(number) / "log.txt"
    position = 0
    while True:
        ended = folder.read_exit(number) is not None or not follow
        if file.is_file():
            with file.open("rb") as log:
                log.seek(position)
                text = log.read()
            position += len(text)
            yield text
        if ended:
            return
        time.sleep(_TICK_S)
