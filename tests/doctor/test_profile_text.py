from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from orchestrator.doctor.examination import about, ok
from orchestrator.doctor.profile_text import clock, profile_text
from orchestrator.places.profile import Profile
from orchestrator.study.shape import parse_duration

words = st.text(st.characters(exclude_categories=["C"], exclude_characters="\u2028\u2029"), max_size=30)
site_names = st.from_regex(r"[^-\s\x00-\x1f\x7f][^\s\x00-\x1f\x7f]{0,20}", fullmatch=True).filter(
    str.isprintable
)
profiles = st.builds(
    Profile,
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,20}", fullmatch=True),
    partition=st.none() | site_names,
    account=st.none() | site_names,
    gres=site_names,
    max_time=st.none() | st.integers(1, 10**7),
    max_memory=st.none() | st.integers(1, 10**7),
    lease=st.integers(1, 10**5),
    check_gpus=st.booleans(),
    setup=st.lists(words, max_size=3).map(tuple),
    sbatch=st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True), words | st.integers(), max_size=2
    ),
)


def read(text: str) -> Any:
    return YAML(typ="safe").load(text)


@given(profiles, words)
def test_what_is_written_is_read_back(profile: Profile, found: str) -> None:
    text = profile_text(profile, [about(ok("heartbeat", found), profile, "lease")], ["# two", "headings"])

    assert Profile.model_validate(read(text)) == profile


@given(st.integers(1, 10**8))
def test_clocks_are_durations(seconds: int) -> None:
    assert parse_duration(clock(seconds)) == seconds


def test_each_value_says_where_it_comes_from() -> None:
    profile = Profile(name="new", lease=30, setup=("true",))
    lines = profile_text(
        profile, [about(ok("heartbeat", "2 s\nold"), profile, "lease")], ["made"]
    ).splitlines()

    assert lines[0] == "# made"
    assert 'name: "new"' in lines
    assert f"{'lease: 30':<34} # heartbeat: 2 s old" in lines
    assert f"{'linger: 0':<34} # not looked at; the default" in lines
