"""A notebook as a page: its texts, its code, and what it has shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def notebook_page(text: str, name: str) -> str:
    """Return the page of a notebook as Markdown; `name` is that of its file, which lies beside it."""
    lines = [line for cell in json.loads(text)["cells"] for line in _cell(cell)]
    return "\n".join([*lines, "", f"[This notebook as a file]({name})", ""])


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = _joined(cell["source"])
    if cell["cell_type"] == "markdown":
        yield from (source, "")
        return
    yield from ("```python", source, "```", "")
    for output in cell.get("outputs", ()):
        shown = output.get("data", {})
        if "text/html" in shown:
            html = re.sub(r"<style.*?</style>", "", _joined(shown["text/html"]), flags=re.DOTALL)
            html = html.replace(' border="1" class="dataframe"', "")  # the site has a look for its tables
            yield from ("<div>", re.sub(r"\n\s*", "\n", html), "</div>", "")
        elif text := _joined(shown.get("text/plain", output.get("text", ""))).strip():
            yield from ("```text", text, "```", "")


def _joined(text: str | list[str]) -> str:
    """Return a text of a notebook, which may be written as its lines."""
    return text if isinstance(text, str) else "".join(text)
