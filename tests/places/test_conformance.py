"""What the engine may rely on at every place: this machine, Slurm, and a PBS that is one file in tests."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator.engine.shape_limits import beyond_limits
from orchestrator.places import local
from orchestrator.places.job_log import Intent, JobLog, Launch
from orchestrator.places.place import Place
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.program import program_name
from orchestrator.places.table import PLACES, all_places, job_name, place_of, place_of_job, place_of_launch
from orchestrator.places.wall_limit import End
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from tests.engine.queue_programs import make_programs
from tests.launches import begun
from tests.places.pbs import PbsCluster, make_pbs
from tests.waiting import wait

WORKER = """
import signal, sys, time
signal.signal(signal.SIGCONT, lambda *_: open("heard", "a"))
while True: time.sleep(0.1)
"""


@dataclass(frozen=True)
class Site:
    """A place, and what the suite has to know of it."""

    profile: Profile
    folder: Path
    """Of the programs that stand for the scheduler: they note there in which environment they were called."""
    silent: str = ""
    """What makes its programs fail, as a file `silent` in the folder."""
    user: tuple[str, ...] = ()
    """Variables of the user that would change what these programs do."""
    inside: Callable[[str], dict[str, str]] | None = None
    """The variables in which a job of this name finds itself."""
    lose: Callable[[str], None] | None = None
    """Let a job end as one that ran out of memory."""

    def place(self) -> Place:
        """Return the place as it is from now on."""
        return place_of(self.profile, time.monotonic())

    def launch(self, number: int = 1, count: int = 2) -> Launch:
        """Return a launch whose intent is written and nothing else."""
        return begun(
            self.folder.parent / "study",
            number,
            token=f"conform-{number:04d}",
            cluster=self.profile.name,
            scheduler=self.profile.scheduler,
            shape=Shape(cpus=1, time="2h"),
            count=count,
            starter=program_name(os.getpid()),
        )

    def start(self, launch: Launch) -> tuple[str, ...]:
        """Start what a launch intends; what runs does nothing until it is told to end."""
        return self.place().start(launch, self.folder.parent / "code")


def here(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(LOCAL, folder)


def slurm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    queue = make_programs(folder, monkeypatch)

    def inside(job: str) -> dict[str, str]:
        array, _, task = job.removeprefix("slurm:").partition("_")
        return {"SLURM_ARRAY_JOB_ID": array, "SLURM_ARRAY_TASK_ID": task, "SLURM_JOB_ID": "99"}

    return Site(
        Profile(name="a", patience=10),
        folder,
        silent="exit 1",
        user=("SBATCH_PARTITION", "SQUEUE_FORMAT", "SCANCEL_INTERACTIVE", "SLURM_CLUSTERS"),
        inside=inside,
        lose=lambda job: queue.does("ended", f"{job.removeprefix('slurm:')}|OUT_OF_MEMORY|n1\n"),
    )


def pbs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setitem(PLACES, "pbs", PbsCluster)
    monkeypatch.setenv("PATH", f"{make_pbs(folder)}{os.pathsep}{os.environ['PATH']}")
    (folder / "hold").touch()

    def lose(job: str) -> None:
        for file in folder.glob("jobs/*/*/id"):
            if file.read_text().strip() == job.removeprefix("pbs:"):
                (file.parent / "status").write_text("-27\n")
                (file.parent / "state").write_text("F\n")

    return Site(
        Profile(name="b", scheduler="pbs", patience=10),
        folder,
        silent="yes",
        user=("PBS_DEFAULT", "PBS_QSTAT_EXEC", "QSUB_OPTIONS"),
        inside=lambda job: {"PBS_JOBID": f"{job.removeprefix('pbs:')}.here"},
        lose=lose,
    )


def made(
    make: Callable[[Path, pytest.MonkeyPatch], Site], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Give a place with a stand-in for the worker program, and end what was started there."""
    monkeypatch.setattr(local, "_started", [])
    package = folder / "code/orchestrator/engine"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "work.py").write_text(WORKER)
    site = make(folder / "scheduler", monkeypatch)
    yield site
    (site.folder / "silent").unlink(missing_ok=True)
    place, launches = site.place(), JobLog(folder / "study").launches()
    place.cancel(place.jobs_of(launches) or ())


@pytest.fixture(params=[here, slurm, pbs])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give each place in turn."""
    yield from made(request.param, tmp_path, monkeypatch)


@pytest.fixture(params=[slurm, pbs])
def cluster(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Give each place with a scheduler in turn."""
    yield from made(request.param, tmp_path, monkeypatch)


def test_what_was_started_is_alive(site: Site) -> None:
    jobs = site.start(site.launch(count=3))

    assert len(set(jobs)) == 3
    assert all(site.place().is_alive(job) for job in jobs)


def test_one_worker_is_started_as_well_as_several(site: Site) -> None:
    (job,) = site.start(site.launch(count=1))

    assert site.place().is_alive(job)


def test_a_name_leads_back_to_its_place(site: Site) -> None:
    names = [job_name(job) for job in site.start(site.launch())]
    found = {place_of_job(name, all_places(site.profile)).kind for name in names}

    assert found == {site.place().kind}


def test_jobs_are_found_though_their_starter_died_before_it_wrote_them_down(site: Site) -> None:
    launch, other = site.launch(1), site.launch(2)
    jobs = site.start(launch)
    site.start(other)

    assert sorted(place_of_launch(launch, site.profile).find(launch) or ()) == sorted(jobs)


def test_nothing_is_found_where_nothing_was_started(site: Site) -> None:
    assert site.place().find(site.launch()) == ()


def test_all_jobs_of_some_launches(site: Site) -> None:
    first, second = site.launch(1), site.launch(2)
    jobs = [*site.start(first), *site.start(second)]
    site.start(site.launch(3))

    assert sorted(site.place().jobs_of([first, second]) or ()) == sorted(jobs)
    assert site.place().jobs_of([]) == []


def test_canceled_jobs_end_and_no_others(site: Site) -> None:
    first, second = site.start(site.launch())
    site.place().cancel([first])
    wait(lambda: site.place().is_alive(first) is False)

    assert site.place().is_alive(second)


def test_jobs_that_are_gone_are_passed_over(site: Site) -> None:
    jobs = site.start(site.launch())
    site.place().cancel(jobs)
    wait(lambda: not any(map(site.place().is_alive, jobs)))
    site.place().cancel(jobs)


def test_a_job_waits_where_there_is_a_queue(site: Site) -> None:
    (job,) = site.start(site.launch(count=1))

    assert site.place().is_waiting(job) == bool(site.place().queue_program)


def test_what_waits_no_more_is_spared_where_only_waiting_jobs_are_meant(site: Site) -> None:
    (job,) = site.start(site.launch(count=1))
    site.place().cancel([job], waiting=True)
    wait(lambda: site.place().is_alive(job) == (not site.place().queue_program))


def test_a_signal_reaches_what_runs(site: Site) -> None:
    (site.folder / "hold").unlink(missing_ok=True)
    (job,) = site.start(site.launch(count=1))
    heard = (site.folder.parent / "code/heard", site.folder / "signals")

    def hears() -> bool:
        site.place().signal(job, signal.SIGCONT)
        return any(file.exists() for file in heard)

    wait(hears)


def test_jobs_are_counted_where_there_is_a_queue(site: Site) -> None:
    site.start(site.launch(count=3))

    assert site.place().count() == (3 if site.place().queue_program else 0)


def test_some_workers_may_be_started(site: Site) -> None:
    assert site.place().limits().workers >= 1


def test_a_worker_is_told_when_it_will_be_ended_at_the_earliest(site: Site) -> None:
    (job,) = site.start(site.launch(count=1))
    before = time.time()
    end = site.place().end_of(job, 7200)

    assert before + 7200 <= end.time <= time.time() + 7200


def test_names_of_other_places_are_not_alive_and_not_remembered(site: Site) -> None:
    others = [
        name for name in ("local:h:1:2", "slurm:1", "pbs:1", "x") if not name.startswith(site.place().kind)
    ]

    assert [site.place().is_alive(name) for name in others] == [False] * 3
    assert site.place().ends_of(others) == {}


def test_nobody_remembers_a_job_that_lives(site: Site) -> None:
    assert site.place().ends_of(site.start(site.launch())) == {}


def test_an_older_intent_without_its_scheduler_leads_to_its_place(site: Site) -> None:
    launch = site.launch()
    assert launch.intent is not None
    old = Intent.model_validate(launch.intent.model_dump(exclude={"scheduler"}))
    place = place_of_launch(replace(launch, intent=old), site.profile)

    assert place.kind == {"pbs": "slurm"}.get(site.place().kind, site.place().kind)


def test_a_silent_scheduler_changes_nothing(cluster: Site) -> None:
    launch = cluster.launch()
    (job, _) = cluster.start(launch)
    (cluster.folder / "silent").write_text(cluster.silent)
    place = cluster.place()

    assert [place.find(launch), place.jobs_of([launch]), place.is_alive(job)] == [None] * 3
    assert (place.is_waiting(job), place.count(), place.ends_of([job])) == (False, 0, {})
    assert isinstance(place.end_of(job, 60), End)


def test_a_job_knows_itself_and_what_was_queued_with_it(
    cluster: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = cluster.launch(count=3)
    jobs = cluster.start(launch)
    assert cluster.inside is not None
    for name, value in cluster.inside(jobs[1]).items():
        monkeypatch.setenv(name, value)

    assert cluster.place().this_job() == jobs[1]
    assert cluster.place().started_with(jobs[1], launch) == jobs


def test_it_is_remembered_why_a_job_was_lost(cluster: Site) -> None:
    (job,) = cluster.start(cluster.launch(count=1))
    assert cluster.lose is not None
    cluster.lose(job)

    assert cluster.place().ends_of([job])[job].kind == "host_out_of_memory"


def test_variables_of_the_user_are_hidden_from_every_command(
    cluster: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in cluster.user:
        monkeypatch.setenv(name, "of the user")
    launch, place = cluster.launch(count=1), cluster.place()
    (job,) = cluster.start(launch)
    place.find(launch)
    place.is_alive(job)
    place.end_of(job, 60)
    place.ends_of([job])
    place.stop(job)
    place.signal(job, signal.SIGCONT)
    place.cancel([job])
    seen = (cluster.folder / "environment").read_text()

    assert "PATH=" in seen
    assert "of the user" not in seen


def test_a_program_of_this_machine_knows_itself() -> None:
    place = place_of(LOCAL)

    assert place.is_alive(place.this_job())


def test_a_local_launch_is_settled_by_its_workers_once_its_starter_is_gone(tmp_path: Path) -> None:
    launch = Site(LOCAL, tmp_path / "none").launch()
    assert launch.intent is not None
    orphan = replace(launch, intent=launch.intent.model_copy(update={"starter": program_name(2**22)}))

    assert place_of(LOCAL).started_with("", orphan) == ()


def test_a_job_of_one_node_starts_its_commands_itself(site: Site) -> None:
    assert site.place().node_starter(1) is None


def test_several_nodes_are_refused_where_jobs_have_one(site: Site) -> None:
    stage = Stage(
        name="a",
        task="command",
        version=1,
        shape=Shape(nodes=2),
        points=(Point(axes={}, seed=0, params={}),),
    )
    told = beyond_limits(Study(name="s", stages=(stage,)), site.profile)

    assert bool(told) is (site.place().node_starter(2) is None)
