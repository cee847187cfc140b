"""A search with a pruner on a real Slurm: all of its jobs are cancelled in the middle, twice."""

import json
from pathlib import Path

from tests.cluster_fixture import DevCluster
from tests.pruned_search import TRIALS, at_it, chain, digests, ended, files, wrong_of
from tests.toy_fixture import Toy


def jobs_of(toy: Toy, cluster: DevCluster) -> list[str]:
    """Return the ids of the study's jobs that are queued or active, sentinels too."""
    intents = (toy.folder / "runs/studies/s/jobs").glob("[0-9]*/intent.json")
    tokens = {json.loads(intent.read_text())["token"] for intent in intents}
    queue = cluster.client("squeue", "--noheader", "--array", "--format=%i|%j").splitlines()
    return [line.split("|")[0] for line in queue if line.split("|")[1] in tokens]


def test_a_search_goes_on_after_all_of_its_jobs_were_cancelled_twice(
    tmp_path: Path, dev_cluster: DevCluster
) -> None:
    toy = chain(tmp_path, sampler="tpe", wait=0.3)  # two at once: some are always at work
    submit = ("submit", "study.yaml", "--cluster", "dev")
    toy.type(*submit)
    for count in (2, 6):
        toy.wait(lambda count=count: ended(toy) >= count and at_it(toy))
        dev_cluster.client("scancel", *jobs_of(toy, dev_cluster))
        toy.type(*submit)  # workers that are told to end may have started others by then
    toy.wait(lambda: ended(toy) == TRIALS)

    assert wrong_of(toy) == []
    assert len(files(toy, "attempts/002/claim.json")) > 0, "nobody was met in the middle"
    assert len(digests(toy)) < TRIALS, "nobody was pruned"
