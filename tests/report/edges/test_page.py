import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.report.document import Chapter, Figure, charted
from orchestrator.report.edges.page import ASSETS, html, table_html
from orchestrator.report.page.trial_details import Details, TrialDetails
from orchestrator.report.table import Row
from tests.report.edges.test_render import CONTROL, EMPTY, PART, REPORT, TABLE

FIGURE = Figure(id="loss", title="Loss", notes=(), png="figures/loss.png", pdf="figures/loss.pdf")
CHART = {"kind": "importance", "says": "Bars: lr 0.9.", "bars": [["lr", 0.9]]}


def data(page: str) -> dict[str, Any]:
    """Return what a page holds packed."""
    text = re.findall(r'id="_data">([^<]*)<', page)[0]
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
    return found


def drawn(page: str) -> dict[str, Any]:
    """Return the figures that a page draws itself."""
    found: dict[str, Any] = json.loads(re.findall(r'id="_charts">([^<]*)<', page)[0])
    return found


def test_a_combined_number_says_so(tmp_path: Path) -> None:
    row = Row(path=("Two nets",), cells=(replace(CONTROL, combined="sum over attribute"), EMPTY))
    table = replace(TABLE, rows=(row,))
    page = html(replace(REPORT, chapters=(Chapter(title="", tables=(table,)),)), tmp_path)

    assert data(page)["tables"]["table_5_1"]["rows"][0][0]["of"] == "val_iou (sum over attribute)"
    assert "<code>val_iou (sum over attribute)</code>" in table_html(table)


def test_what_people_wrote_is_escaped(tmp_path: Path) -> None:
    page = html(REPORT, tmp_path)

    assert "`<script>`" not in page
    assert "`&lt;script&gt;`" in page
    assert "<h1>&lt;faces&gt;</h1>" in page


def test_nothing_turns_the_direction_of_writing(tmp_path: Path) -> None:
    row = Row(path=("safe\u202egnorw",), cells=(CONTROL, PART))
    chapter = Chapter(title="\u2066", tables=(replace(TABLE, rows=(row,), title="t\u2066"),))
    page = html(replace(REPORT, chapters=(chapter,)), tmp_path)

    assert "safe\N{REPLACEMENT CHARACTER}gnorw" in page
    assert not {"\u202e", "\u2066"} & set(page)


def test_a_cell_knows_its_trials_and_their_folders(tmp_path: Path) -> None:
    known = TrialDetails(id="bb", stage="segment", axes={"seed": 1}, params={}, state="done")
    found = data(html(replace(REPORT, details=Details(trials=(known,))), tmp_path))

    assert found["tables"]["table_5_1"]["rows"][0][0]["trials"] == ["aa", 0]
    assert found["trials"][0]["folder"] == "../trials/t bb"


def test_each_table_can_be_copied_in_three_forms(tmp_path: Path) -> None:
    forms = data(html(REPORT, tmp_path))["tables"]["table_5_1"]["forms"]

    assert sorted(forms) == ["csv", "md", "tex"]
    assert r"\begin{table}" in forms["tex"]


def test_the_page_needs_no_other_file(tmp_path: Path) -> None:
    own = re.sub(r"<script>.*?</script>", "", html(REPORT, tmp_path), flags=re.DOTALL)

    assert not re.findall(r'(?:src|href)="(?:https?:)?//', own)


def test_the_best_value_is_bold(tmp_path: Path) -> None:
    assert re.findall(r"<b>([^<]+)</b>", html(REPORT, tmp_path).partition("<script")[0]) == ["0.660"]


def test_group_headers_span_their_columns(tmp_path: Path) -> None:
    assert '<th scope="colgroup" colspan="2" class="group">LFW</th>' in html(REPORT, tmp_path)


def test_a_table_has_a_caption(tmp_path: Path) -> None:
    assert "<caption>IoU &amp; 100 % of &lt;VGG16&gt;, beside Table 5.1</caption>" in html(REPORT, tmp_path)


def test_there_is_one_h1(tmp_path: Path) -> None:
    assert html(REPORT, tmp_path).count("<h1>") == 1


def test_a_drawn_figure_says_what_is_seen(tmp_path: Path) -> None:
    chapter = Chapter(title="", figures=(charted(FIGURE, CHART),))
    page = html(replace(REPORT, chapters=(chapter,)), tmp_path)

    assert 'data-chart="loss" role="img" aria-label="Bars: lr 0.9."' in page
    assert drawn(page)["loss"]["bars"] == [["lr", 0.9]]


def test_a_page_without_drawings_is_spared_the_library(tmp_path: Path) -> None:
    alone = Chapter(title="", tables=(replace(TABLE, rows=(Row(path=("r",), cells=(EMPTY, EMPTY)),)),))

    assert len(html(replace(REPORT, chapters=(alone,)), tmp_path)) < 100_000 < len(html(REPORT, tmp_path))


def test_a_figure_that_is_not_drawn_is_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / FIGURE.png).write_bytes(b"png")
    page = html(replace(REPORT, chapters=(Chapter(title="", figures=(FIGURE,)),)), tmp_path)

    assert f"data:image/png;base64,{base64.b64encode(b'png').decode()}" in page


def test_only_these_scripts_may_run(tmp_path: Path) -> None:
    page = html(REPORT, tmp_path)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]

    assert re.findall(r"sha256-([^&]*)&#39;", policy) == hashes


@pytest.mark.parametrize("name", [path.name for path in ASSETS.glob("*.js")])
def test_a_script_does_not_end_itself(name: str) -> None:
    assert "</script" not in (ASSETS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["d3", "plot"])
def test_a_library_stands_beside_its_licence(name: str) -> None:
    assert "Permission to use, copy" in (ASSETS / f"{name}.LICENSE").read_text(encoding="utf-8")


def test_an_equal_report_is_an_equal_page(tmp_path: Path) -> None:
    assert html(REPORT, tmp_path) == html(REPORT, tmp_path)


@pytest.mark.parametrize("name", ["data", "charts", "panel", "findings", "facts", "best", "deviations"])
def test_a_table_may_be_called_as_a_part_of_the_page(tmp_path: Path, name: str) -> None:
    chapter = Chapter(title="", tables=(replace(TABLE, id=name),))
    page = html(replace(REPORT, chapters=(chapter,)), tmp_path).partition("<script")[0]
    ids = re.findall(r' id="([^"]*)"', page)

    assert name in ids
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("size", "found"),
    [
        (10, 'href="data:application/pdf;base64,'),
        (10_000_000, "<code>figures/loss.pdf</code> in the folder that this page was written to"),
    ],
)
def test_a_small_pdf_goes_with_the_page(size: int, found: str, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "loss.pdf").write_bytes(b"%" * size)
    chapter = Chapter(title="", figures=(charted(FIGURE, CHART),))

    assert found in html(replace(REPORT, chapters=(chapter,)), tmp_path)
