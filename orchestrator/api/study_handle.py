"""A study as Python holds it: what to do with it, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.api.undisturbed import undisturbed
from orchestrator.messages.errors import NotFoundError, OrchestratorError, UserError
from orchestrator.messages.terminal import plain, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from orchestrator.api.plan_table import PlanTable
    from orchestrator.api.result_table import ResultTable
    from orchestrator.api.status import Status
    from orchestrator.api.trial_handle import TrialHandle
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.verbs.request import Request, Typed


class StudyHandle:
    """A study of a run folder; nothing of it is kept here, so that any program may change it meanwhile."""

    def __init__(self, name: str, runs: RunFolder, data: Path, typed: Typed | None = None) -> None:
        """Take a study that `load` or `define` has found; `typed` is None where only its name is known."""
        self.name = name
        self._runs, self._data, self._typed = runs, data, typed

    @property
    def runs(self) -> Path:
        """The run folder."""
        return self._runs.path

    @undisturbed()
    def plan(self, *, skip_missing_data: bool = False) -> PlanTable:
        """Return what the study consists of and what is left to train; nothing is written.

        >>> study.plan().to_do
        0
        """
        from orchestrator.api.submit import planned

        return planned(self._asked(), skip_missing_data=skip_missing_data)

    @undisturbed(starting=True)
    def submit(
        self,
        *,
        wait: bool = False,
        skip_missing_data: bool = False,
        fresh: Sequence[str] = (),
        no_fresh: Sequence[str] = (),
    ) -> StudyHandle:
        """Start to train what is missing and come back; with `wait` once it is over.

        Workers are programs of their own, here or on a cluster: they go on when this one ends.

        >>> study.submit(wait=True)
        <study toy: 4 DONE>
        """
        from orchestrator.api.submit import start

        start(self._asked(fresh, no_fresh), skip_missing_data=skip_missing_data)
        return self.wait() if wait else self

    @undisturbed(starting=True)
    def wait(self, timeout: float | None = None) -> StudyHandle:
        """Follow the study to its end, and let it advance meanwhile.

        Raises TrialsFailedError when trials failed, StoppedError when somebody stopped it, and TimeoutError
        after so many seconds. After that, and after Ctrl-C, the study goes on.

        >>> study.wait(timeout=60)
        <study toy: 4 DONE>
        """
        from orchestrator.api.follow import follow
        from orchestrator.verbs.submitting import check_end

        try:
            advanced = follow(self._runs, self.name, timeout)
        except KeyboardInterrupt:
            say(f"`{self.name}` goes on; follow it again with wait(), stop it with cancel()")
            raise
        check_end(self._runs, advanced.submission, advanced.seen)
        return self

    @undisturbed()
    def status(self) -> Status:
        """Return how many trials are in which state, and what a reader should know.

        >>> study.status()
        toy: 4 DONE
        """
        from orchestrator.api.look import status_of

        return status_of(self._runs, self.name)

    @undisturbed()
    def results(self, *, where: Mapping[str, Any] | None = None, stage: str | None = None) -> pd.DataFrame:
        """Return one line per trial: state, axes, parameters, metrics; unfinished trials too.

        `where` keeps trials whose axes have these values, or one of a list of them.

        >>> len(study.results()), len(study.results(where={"lr": 0.1}))
        (4, 2)
        """
        from orchestrator.api.look import chosen
        from orchestrator.report.frames import trial_frame

        return trial_frame(chosen(self._runs, self.name, where, stage).material)

    @undisturbed()
    def table(
        self,
        identity: str | None = None,
        *,
        rows: str | Sequence[str] = (),
        columns: str | Sequence[str] = (),
        metric: str | Sequence[str] = (),
        stage: str | None = None,
        where: Mapping[str, Any] | None = None,
        aggregate: str | Sequence[str] = ("seed",),
        better: Literal["higher", "lower", "none"] | None = None,
        spread: Literal["std", "sem", "ci95", "range", "none"] = "std",
        compare: Any = None,
        digits: int | None = None,
        scale: float = 1.0,
    ) -> ResultTable:
        """Return a table that a report file of the study declares, or one over these axes.

        A cell is the mean ± standard deviation over the axes of `aggregate`. What is left out is chosen: rows
        over all axes that nothing else names, the metric that the stage is about, and `better`,
        which sets the best bold. `compare` is the value that others are compared to, or a mapping as in a
        report file. Without `digits` numbers end where their spread does.

        >>> study.table(rows="lr", metric="loss", digits=3).text["loss"].tolist()
        ['0.268 ± 0.228', '0.000 ± 0.000']
        """
        from orchestrator.api.look import declared, material_of, named, values_of
        from orchestrator.api.result_table import ResultTable
        from orchestrator.report.directions import all_said
        from orchestrator.report.table_over import AskedTable, table_over

        submission, material = material_of(self._runs, self.name)
        if identity is not None:
            return ResultTable(declared(identity, submission, material))
        options = {"aggregate": named(aggregate), "spread": spread, "digits": digits, "scale": scale}
        asked = AskedTable(
            rows=named(rows),
            columns=named(columns),
            metrics=named(metric),
            stage=stage,
            where=values_of(where),
            better=better,
            options=options | ({} if compare is None else {"compare": compare}),
        )
        return ResultTable(table_over(material, asked, all_said(submission.study)))

    @undisturbed()
    def best(self, stage: str, *, minimize: str | None = None, maximize: str | None = None) -> pd.DataFrame:
        """Return the best trial of a stage at each point around its search: value, parameters, id.

        With several objectives there is a line for each trial that none is better than. What is best says the
        search, else a stage that needs the best, else `minimize` or `maximize` with a metric.

        >>> study.best("train", minimize="loss")["lr"].tolist()
        [0.4]
        """
        from orchestrator.api.look import best_frame

        return best_frame(self._runs, self.name, stage, minimize=minimize, maximize=maximize)

    @undisturbed()
    def trials(
        self, *, where: Mapping[str, Any] | None = None, stage: str | None = None
    ) -> list[TrialHandle]:
        """Return the trials in the order of the plan, or those with these values of axes.

        >>> [trial.seed for trial in study.trials(where={"lr": 0.1})]
        [0, 1]
        """
        from orchestrator.api.look import chosen

        return chosen(self._runs, self.name, where, stage).handles(self._runs)

    @undisturbed()
    def trial(self, beginning: str) -> TrialHandle:
        """Return the one trial whose id begins so.

        >>> study.trial(study.trials()[0].id[:8]).state
        'DONE'
        """
        from orchestrator.api.look import one_trial

        return one_trial(self._runs, self.name, beginning)

    @undisturbed()
    def cancel(self, *beginnings: str) -> int:
        """Stop the study, or the trials whose ids begin so; return how many. What they saved stays."""
        from orchestrator.engine.cancel import cancel_trials
        from orchestrator.engine.observe import read_submission
        from orchestrator.verbs.lookup import check_beginnings

        check_beginnings(beginnings)
        return cancel_trials(self._runs, read_submission(self._runs, self.name), beginnings)

    @undisturbed()
    def retry(self, *beginnings: str, restart: bool = False) -> int:
        """Make failed and cancelled trials ready again; return how many. `submit()` starts them."""
        from orchestrator.engine.cancel import forgive_trials
        from orchestrator.engine.observe import read_submission
        from orchestrator.verbs.lookup import check_beginnings

        check_beginnings(beginnings)
        submission = read_submission(self._runs, self.name)
        return forgive_trials(self._runs, submission, beginnings, restart=restart)

    def _asked(self, fresh: Sequence[str] = (), no_fresh: Sequence[str] = ()) -> Request:
        """Return the study as its file says it now; UserError where only its name is known."""
        from orchestrator.api.edited_modules import check_not_edited
        from orchestrator.api.look import named
        from orchestrator.engine.observe import read_submission
        from orchestrator.study.fresh import Freshness
        from orchestrator.verbs.request import read_request

        if self._typed is None:
            given = read_submission(self._runs, self.name).given
            raise UserError(
                f"`{self.name}` was loaded by its name, which says what was submitted, not what to submit",
                hint=f'load its file: orchestrator.load("{given}")',
            )
        freshness = Freshness(again=named(fresh), as_before=named(no_fresh))
        request = read_request(replace(self._typed, freshness=freshness), self._runs, self._data)
        check_not_edited(request.read.tasks.values())
        return request

    def __repr__(self) -> str:
        shown = self._shown()
        return f"<study {self.name}: {shown}>" if isinstance(shown, str) else f"<study {shown!r}>"

    def _repr_html_(self) -> str:
        shown = self._shown()
        if isinstance(shown, str):
            return f"<div><strong>{escape(self.name)}</strong>: {escape(plain(shown))}</div>"
        return shown._repr_html_()

    def _shown(self) -> Status | str:
        """Return the study's status, or why there is none: nothing that only shows a study may fail."""
        try:
            return self.status()
        except NotFoundError:
            return "not submitted"
        except (OrchestratorError, OSError) as error:
            return str(error)
