"""What a place cannot give is told before anything is written, all at once."""

from typing import Any

import pytest

from orchestrator.engine.shape_limits import refuse_beyond_limits, unused_placement
from orchestrator.messages.errors import UserError
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study

PROFILE = Profile.model_validate(
    {
        "name": "p",
        "partition": "gpu",
        "max_time": "20h",
        "max_cpus": 32,
        "max_gpus": 4,
        "max_nodes": 2,
        "max_memory": "100GB",
        "partitions": {"long": {"max_time": "10d", "max_gpus": 2}},
    }
)


def study(*shapes: Shape) -> Study:
    points = tuple(
        Point(axes={"n": n}, seed=0, params={"n": n}, shape=shape) for n, shape in enumerate(shapes)
    )
    return Study(name="s", stages=(Stage(name="a", task="t", version=1, shape=shapes[0], points=points),))


def told(profile: Profile = PROFILE, **shape: Any) -> str:
    with pytest.raises(UserError) as caught:
        refuse_beyond_limits(study(Shape(**shape)), profile)
    return str(caught.value)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"time": "21h"}, "a asks for 21h, but `p` ends jobs after 20h"),
        ({"memory": "101GB"}, "a asks for 103424 MB, but no node of `p` has more than 102400 MB"),
        ({"cpus": 33}, "a asks for 33 cores, but no node of `p` has more than 32"),
        ({"gpus": 5}, "a asks for 5 GPUs, but no node of `p` has more than 4"),
        ({"nodes": 3}, "a asks for 3 nodes, but a job of `p` may have 2"),
        (
            {"partition": "long", "gpus": 3},
            "a asks for 3 GPUs, but no node of `p`, partition `long`, has more",
        ),
        ({"partition": "lung"}, "a asks for partition `lung`, which `p` does not have; did you mean `long`?"),
    ],
)
def test_what_is_beyond_a_limit_is_told(shape: dict[str, Any], message: str) -> None:
    assert message in told(**shape)


def test_all_is_told_at_once() -> None:
    assert len(told(cpus=33, gpus=5, nodes=3).splitlines()) == 3


@pytest.mark.parametrize(
    "shape", [{}, {"partition": "long", "time": "9d"}, {"partition": "gpu", "time": "20h"}, {"nodes": 2}]
)
def test_what_is_within_the_limits_passes(shape: dict[str, Any]) -> None:
    refuse_beyond_limits(study(Shape(**shape)), PROFILE)


def test_nothing_is_known_of_a_partition_of_which_the_profile_says_nothing() -> None:
    profile = Profile(name="p", partition="gpu", max_time=3600)

    refuse_beyond_limits(study(Shape(partition="other", time=7200)), profile)


def test_one_point_beyond_a_limit_is_enough() -> None:
    with pytest.raises(UserError, match="33 cores"):
        refuse_beyond_limits(study(Shape(), Shape(cpus=33)), PROFILE)


def test_this_machine_is_one_node() -> None:
    assert "a asks for 2 nodes, and this machine is one" in told(LOCAL, nodes=2)


def test_what_only_a_cluster_can_do_is_told_with_its_keys() -> None:
    one = study(Shape(partition="long", exclusive=True), Shape(qos="high"))

    assert unused_placement(one) == (
        "partition, exclusive, qos of shapes are for a cluster only, and ignored here"
    )


def test_nothing_is_told_where_nothing_is_ignored() -> None:
    assert unused_placement(study(Shape(gpus=1))) == ""
