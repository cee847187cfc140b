"""Building the site as `make docs` does, into another folder."""

from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.docs.pages import ROOT


def build_site(to: Path, docs: Path | None = None) -> None:
    """Build the site; raises Abort for a broken link or anchor, or a page that is not in `nav`."""
    given = {"site_dir": str(to), **({"docs_dir": str(docs)} if docs else {})}
    config = load_config(str(ROOT / "mkdocs.yml"), **given)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
