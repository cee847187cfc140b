"""How large the page of a report of many trials is, how long it takes to make, and to open.

    python -m benchmarks.page            # 10,000 trials: ten models, a hundred rates, ten seeds
    python -m benchmarks.page --rates 10

Trials are drawn: their evidence is a value, their curves and logs lie in a run folder as workers leave them.
Opening is measured in headless Chromium, from the call for the page to the first frame after it is loaded.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import tempfile
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.report.edges.page import html
from orchestrator.report.edges.trial_reading import read_details
from orchestrator.report.report import write_report
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.report.document import Report
    from orchestrator.study.trial import Trial

MODELS, SEEDS, STEPS, TIMES = 10, 10, 100, 5
METRICS = ("val_iou", "val_loss", "train_loss")
REPORT = {
    "tables": [
        {
            "id": f"model_{model}",
            "title": f"Model {model}",
            "stage": "train",
            "where": {"model": f"m{model}"},
            "better": "higher",
            "rows": [{"over": ["lr"]}],
            "columns": [{"label": name, "metric": name} for name in METRICS],
        }
        for model in range(MODELS)
    ],
    "figures": [
        {
            "id": "curves",
            "title": "IoU of each model",
            "stage": "train",
            "where": {"lr": 0.001},
            "metric": "val_iou",
            "series": ["model"],
        }
    ],
}


def submission(rates: int, report: Path) -> Submission:
    """Return the submission of a study with so many rates."""
    found = [0.001 * (place + 1) for place in range(rates)]
    points = tuple(
        Point(
            axes={"model": f"m{model}", "lr": lr, "seed": seed},
            seed=seed,
            params={"model": f"m{model}", "lr": lr, "epochs": 100},
        )
        for model, lr, seed in product(range(MODELS), found, range(SEEDS))
    )
    stage = Stage(name="train", task="tasks.train", version=1, shape=Shape(), points=points)
    study = Study(name="many", stages=(stage,))
    return Submission(
        study=study, code="c0de", data="data", profile=LOCAL, reports=(str(report),), given="many.yaml"
    )


def draw(runs: RunFolder, trial: Trial) -> Evidence:
    """Leave a curve and a log as a worker does, and return the evidence of a finished trial."""
    drawn = random.Random(trial.id)
    height = drawn.uniform(0.5, 0.9)
    curve = [
        {name: height * (1 - math.exp(-step / 20)) + drawn.gauss(0, 0.01) for name in METRICS}
        for step in range(STEPS)
    ]
    folder = runs.trial(trial).attempt(1)
    folder.mkdir(parents=True)
    lines = (json.dumps({"step": step, "metrics": metrics}) for step, metrics in enumerate(curve))
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "log.txt").write_text("training\n" * 50, encoding="utf-8")
    claim = Claim(worker="0001", job="local:h:1:1", host="node-7", time=1.7e9, code="c0de")
    end = Exit(outcome="done", time=1.7e9 + 60, seconds=60.0)
    made_with = {"host": "node-7", "python": "3.11", "torch": "2.9", "numpy": "2.1"}
    result = Result(metrics=curve[-1], attempt=1, time=1.7e9, seconds=60.0, code="c0de", provenance=made_with)
    return Evidence(result=result, attempts=(Attempt(number=1, claim=claim, alive=False, exit=end),))


def made(runs: RunFolder, given: Submission) -> Seen:
    """Return the study with all of its trials finished."""
    plan = expand(given.study, Known())
    return judge(plan, {trial.id: draw(runs, trial) for trial in plan.trials})


def rebuilt(report: Report, runs: RunFolder, seen: Seen, out: Path) -> float:
    """Return the seconds that the page alone takes: trials are read, the page is written."""
    began = time.perf_counter()
    known = replace(report, details=read_details(runs, report.tables, seen, str))
    (out / "report.html").write_text(html(known, out), encoding="utf-8")
    return time.perf_counter() - began


def opened(page: Path, folder: Path) -> tuple[float, float]:
    """Return the seconds until the page is loaded and shown, and until a number of it has opened."""
    from selenium.webdriver.support.ui import WebDriverWait

    from tests.browser.chromium import chromium

    with chromium(folder) as driver:
        driver.set_script_timeout(120)
        began = time.perf_counter()
        driver.get(page.as_uri())
        driver.execute_async_script(
            "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))"
        )
        shown = time.perf_counter() - began
        began = time.perf_counter()
        driver.execute_script("document.querySelector('[data-table] td button').click()")
        WebDriverWait(driver, 120, poll_frequency=0.02).until(
            lambda _: driver.execute_script("return !panel.hidden")
        )
        return shown, time.perf_counter() - began


def spread(values: Sequence[float]) -> str:
    """Return the median with the least and the greatest."""
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f} of {len(values)})"


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rates", type=int, default=100, help="ten models and ten seeds of each")
    rates = parser.parse_args().rates
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = folder / "report.yaml"
        report.write_text(json.dumps(REPORT), encoding="utf-8")
        runs, given = RunFolder(folder / "runs"), submission(rates, report)
        seen = made(runs, given)
        began = time.perf_counter()
        whole = write_report(runs, given, seen, folder / "out")
        all_of_it = time.perf_counter() - began
        building = [rebuilt(whole, runs, seen, folder / "out") for _ in range(TIMES)]
        page = folder / "out" / "report.html"
        times = [opened(page, folder / f"chromium{place}") for place in range(TIMES)]
        print(f"{len(seen.plan.trials):,} trials, {page.stat().st_size / 1e6:.2f} MB")
        print(f"made in {spread(building)}, of {all_of_it:.1f} s for the report in all forms")
        print(f"shown in {spread([shown for shown, _ in times])}")
        print(f"the first number opened in {spread([panel for _, panel in times])}")


if __name__ == "__main__":
    main()
