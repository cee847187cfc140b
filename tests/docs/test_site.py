"""The site is built without a warning, and holds all that it shows."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from docs.hooks.repository import relinked, shown_file
from tests.docs.building import build_site
from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build_site(folder)
    return folder


def text_of(site: Path, page: str) -> str:
    return (site / page).read_text(encoding="utf-8")


def test_every_page_of_the_folder_is_in_the_site(site: Path) -> None:
    written = {path.stem for path in (ROOT / "docs").glob("*.md")}

    assert written <= {path.stem for path in site.glob("*.html")}


def test_pages_ask_no_other_machine_for_anything(site: Path) -> None:
    asked = re.compile(r'<(?:script|link|img)[^>]* (?:src|href)="?(?:https?:)?//', re.IGNORECASE)

    assert [path for path in site.rglob("*.html") if asked.search(path.read_text(encoding="utf-8"))] == []


def test_every_page_says_its_version(site: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert f"Study orchestrator {version}" in text_of(site, "tables.html")


def test_the_changelog_and_the_design_are_pages(site: Path) -> None:
    assert "Unreleased" in text_of(site, "changelog.html")
    assert "The one idea" in text_of(site, "design.html")


def test_a_notebook_has_a_page_with_what_it_has_shown(site: Path) -> None:
    shown = text_of(site, "results.ipynb.html")

    assert "results.ipynb.html" in text_of(site, "python.html")
    assert "<th>gpu_hours</th>" in shown
    assert "This notebook as a file" in shown


def test_no_link_leads_out_of_the_folder(site: Path) -> None:
    broken = [
        (str(path.relative_to(site)), link)
        for path in site.rglob("*.html")
        for link in re.findall(r'href="?([^"\s>#]+)', path.read_text(encoding="utf-8"))
        if not re.match(r"\w+:|data:", link) and not (path.parent / link).resolve().exists()
    ]

    assert {one for one in broken if one[0] != "404.html"} == set()


def test_links_are_followed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with (tmp_path / "docs" / "tables.md").open("a", encoding="utf-8") as page:
        page.write("\n[a](nowhere.md) [b](searches.md#no-such-heading) [c](reference/study.md#no-key)\n")
        page.write("[right](../reports/digits.yaml) [too](reference/study.md#stage-over)\n")

    with pytest.raises(Abort, match="3 warnings in strict mode"):
        build_site(tmp_path / "site", tmp_path / "docs")
    assert "optimizers" in text_of(tmp_path / "site", "repository/reports/digits.yaml.html")


@pytest.mark.parametrize(
    ("link", "place", "page", "led"),
    [
        ("../reports/digits.yaml", "docs/tables.md", "tables.md", "repository/reports/digits.yaml.md"),
        ("../CHANGELOG.md#unreleased", "docs/tables.md", "tables.md", "changelog.md#unreleased"),
        ("docs/tables.md#gains", "DESIGN.md", "design.md", "tables.md#gains"),
        ("searches.md#length", "docs/tables.md", "tables.md", "searches.md#length"),
        ("../nowhere.py", "docs/tables.md", "tables.md", "../nowhere.py"),
        ("https://optuna.org/a.md", "docs/tables.md", "tables.md", "https://optuna.org/a.md"),
    ],
)
def test_links_into_the_repository_lead_to_pages(link: str, place: str, page: str, led: str) -> None:
    assert relinked(f"[x]({link})", place, page) == f"[x]({led})"


def test_a_file_with_fences_is_shown_whole() -> None:
    assert "\n````markdown\n" in shown_file("README.md")
