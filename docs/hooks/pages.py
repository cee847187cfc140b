"""What MkDocs calls while it builds the site: pages made from the code, and links into the repository."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, InclusionLevel

from docs.hooks import repository
from docs.hooks.key_page import key_page
from docs.hooks.notebook_page import notebook_page
from docs.hooks.python_page import context_page, python_page
from docs.hooks.verb_page import verb_page
from orchestrator.schemas.kinds import MODELS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_PLACES = {"index.md": "README.md", "changelog.md": "CHANGELOG.md", "design.md": "DESIGN.md"}
"""Page -> the file at the top of the repository that it shows."""


def on_config(config: MkDocsConfig) -> None:
    """Say below each page of which version it is."""
    project = tomllib.loads((repository.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    config.copyright = f"{config.site_name} {project['version']} · {project['license']} licence"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code, and those that show files of the repository."""
    top = {
        page: (repository.ROOT / name).read_text(encoding="utf-8")
        for page, name in _PLACES.items()
        if page not in files.src_uris
    }
    for name, text in {**made(), **top}.items():
        files.append(File.generated(config, name, content=text))
    pages = [(_place(file.src_uri), file.content_string) for file in files.documentation_pages()]
    for file in [file for file in files if file.src_uri.endswith(repository.NOTEBOOK)]:
        text = notebook_page(file.content_string, file.name + repository.NOTEBOOK)
        name = f"{file.src_uri}.md"
        files.append(File.generated(config, name, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
    for path in repository.all_linked(pages):
        page, text = repository.page_of(path), repository.shown_file(path)
        files.append(File.generated(config, page, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def on_page_markdown(markdown: str, page: Page, **_given: object) -> str:
    """Lead links into the repository to the pages that show what they mean."""
    if page.is_homepage:
        page.meta.setdefault("hide", ["navigation"])  # there is nothing beside it
    if page.file.src_uri.startswith(f"{repository.SHOWN}/") or repository.NOTEBOOK in page.file.src_uri:
        return markdown
    return repository.relinked(markdown, _place(page.file.src_uri), page.file.src_uri)


def on_post_page(output: str, **_given: object) -> str:
    """Give the dialog of the search a name, for those who hear the page."""
    return output.replace('<div class="md-search" ', '<div class="md-search" aria-label="Search" ')


def on_post_build(config: MkDocsConfig) -> None:
    """Remove what the theme brings along for other languages, and for who works on it."""
    scripts = Path(config.site_dir, "assets", "javascripts")
    for path in [*scripts.rglob("lunr.*.js"), *scripts.glob("lunr/*.js"), *scripts.parent.rglob("*.map")]:
        path.unlink(missing_ok=True)


def made() -> dict[str, str]:
    """Return the pages that are made from the code: name -> Markdown."""
    return {
        **{f"reference/{kind}.md": key_page(kind) for kind in MODELS},
        "reference/verbs.md": verb_page(),
        "reference/context.md": context_page(),
        "reference/python.md": python_page(),
    }


def _place(page: str) -> str:
    """Return where the text of a page stands in the repository."""
    return _PLACES.get(page, f"docs/{page}")
