from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.report.document import Chapter
from orchestrator.report.edges.search_chapter import search_chapter
from orchestrator.study.objective import Objective
from tests.report.edges.test_search_outcomes import looked

LOSSES = [number / 10 for number in range(12)]


def chapter(folder: Path, *losses: float | None, logged: bool = False) -> Chapter:
    submission, seen = looked(Objective(minimize="loss"), *losses)
    runs = RunFolder(folder / "runs")
    for trial in seen.plan.trials if logged else ():
        attempt = runs.trial(trial).attempt(1)
        attempt.mkdir(parents=True)
        lines = ['{"step": 0, "metrics": {"loss": 2.0}}', '{"step": 1, "metrics": {"loss": 1.0}}']
        (attempt / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    return search_chapter(runs, submission, seen, folder)


def names(found: Chapter) -> list[str]:
    return [figure.id for figure in found.figures]


def test_a_search_has_two_tables_and_its_figures(tmp_path: Path) -> None:
    found = chapter(tmp_path, *LOSSES)

    assert [table.id for table in found.tables] == ["search_sweep_best", "search_sweep_budget"]
    assert names(found) == [
        f"search_sweep_{name}" for name in ("history", "parallel", "slices", "importance", "contour")
    ]


def test_what_was_logged_is_drawn_too(tmp_path: Path) -> None:
    assert names(chapter(tmp_path, 0.5, logged=True))[-1] == "search_sweep_curves"


def test_what_was_logged_is_counted(tmp_path: Path) -> None:
    budget = chapter(tmp_path, 0.5, None, logged=True).tables[1]

    assert [cell.value for cell in budget.rows[0].cells if cell.metric == "steps"] == [4]


@pytest.mark.parametrize("losses", [[None], []])
def test_where_nothing_is_finished_nothing_is_drawn(losses: list[None], tmp_path: Path) -> None:
    assert names(chapter(tmp_path, *losses)) == []


def test_a_search_that_asked_nothing_yet_has_no_tables(tmp_path: Path) -> None:
    assert chapter(tmp_path).tables == ()


def test_a_search_that_two_stages_share_is_drawn_once(tmp_path: Path) -> None:
    submission, seen = looked(Objective(minimize="loss"), *LOSSES)
    (opening,) = seen.plan.openings
    again = submission.study.stages[0].model_copy(update={"name": "again"})
    study = submission.study.model_copy(update={"stages": (*submission.study.stages, again)})
    plan = replace(seen.plan, openings=(opening, replace(opening, stage="again")))
    found = search_chapter(
        RunFolder(tmp_path / "runs"),
        submission.model_copy(update={"study": study}),
        replace(seen, plan=plan),
        tmp_path,
    )

    assert [name for name in names(found) if "again" in name] == ["search_again_history"]
