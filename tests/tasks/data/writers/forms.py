"""How the files of a drawn dataset are called."""

import re
from pathlib import Path


def forms(root: Path) -> set[str]:
    """Return the paths of all files but dot-files and the mark, `#` for a number and `Name` for a person."""
    paths = [path for path in root.rglob("[!.]*") if path.is_file() and path.name != "SYNTHETIC.txt"]
    named = [
        re.sub(r"[A-Z][a-z]+_(al-)?[A-Z][a-z]+(?=[_/])", "Name", str(path.relative_to(root)))
        for path in paths
    ]
    return {re.sub(r"\d+", "#", name) for name in named}
