import pytest

from orchestrator.messages.errors import UserError
from orchestrator.places.local import ThisMachine
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.slurm.cluster import SlurmCluster
from orchestrator.places.table import PLACES, all_places, job_name, place_of, place_of_job


def test_a_profile_leads_to_its_place() -> None:
    assert isinstance(place_of(LOCAL), ThisMachine)
    assert isinstance(place_of(Profile(name="dev")), SlurmCluster)


def test_a_profile_of_this_machine_that_was_stored_without_a_scheduler_is_still_of_this_machine() -> None:
    stored = LOCAL.model_dump(exclude={"scheduler"})

    assert isinstance(place_of(Profile.model_validate(stored)), ThisMachine)


@pytest.mark.parametrize("scheduler", ["slrm", "local"])
def test_a_scheduler_that_is_none_is_told(scheduler: str) -> None:
    with pytest.raises(UserError, match=f"`dev` has the scheduler `{scheduler}`.*known are slurm"):
        place_of(Profile(name="dev", scheduler=scheduler))


@pytest.mark.parametrize("name", ["slurm:7", "slurm:7_12", "local:node-1.site:42:17"])
def test_jobs_have_the_name_of_their_place(name: str) -> None:
    assert place_of_job(job_name(name), all_places(LOCAL)).kind == name.partition(":")[0]


@pytest.mark.parametrize(
    "name",
    ["", "7", "slurm:", "slurm:7_", "slurm:--all", "pbs:7", "local:h:1", "local:h:$(x):1", "slurm:7\n"],
)
def test_what_no_place_calls_a_job_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="is no job of local, slurm"):
        job_name(name)


def test_every_place_stands_under_its_kind() -> None:
    assert {kind: place.kind for kind, place in PLACES.items()} == {kind: kind for kind in PLACES}
