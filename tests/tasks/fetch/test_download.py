import hashlib
from pathlib import Path

import pytest

from tasks.fetch.download import FetchError, download
from tests.tasks.fetch.host import Host

CONTENT = bytes(range(256)) * 40
SHA256, MD5 = hashlib.sha256(CONTENT).hexdigest(), hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


def fetch(host: Host, path: Path, digest: str = "", *names: str) -> list[tuple[int, int | None]]:
    """Fetch a file, under the first of several names that the host has; return what was told."""
    told: list[tuple[int, int | None]] = []
    urls = [f"{host.url}/{name}" for name in names or ("a.bin",)]
    download(urls, path, digest, lambda have, whole: told.append((have, whole)), pause_s=0)
    return told


@pytest.mark.parametrize("digest", ["", f"sha256:{SHA256}", f"sha256:{SHA256[:8]}", f"md5:{MD5}"])
def test_a_file_comes_whole(host: Host, tmp_path: Path, digest: str) -> None:
    host.files["a.bin"] = CONTENT
    fetch(host, tmp_path / "deep/a.bin", digest)

    assert (tmp_path / "deep/a.bin").read_bytes() == CONTENT
    assert [one.name for one in (tmp_path / "deep").iterdir()] == ["a.bin"]


def test_what_broke_off_goes_on_from_there(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"], host.breaks_at = CONTENT, 4000
    fetch(host, tmp_path / "a.bin", f"sha256:{SHA256}")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert [wanted for _, wanted in host.asked] == [None, "bytes=4000-", "bytes=8000-"]


def test_another_program_goes_on_where_one_was_ended(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"], host.breaks_at = CONTENT, 0
    (tmp_path / "a.bin.part").write_bytes(CONTENT[:100])
    (tmp_path / "a.bin.part.json").write_text(f'{{"url": "{host.url}/a.bin", "version": "\\"1\\""}}')
    with pytest.raises(FetchError):
        fetch(host, tmp_path / "a.bin")
    host.breaks_at = None
    fetch(host, tmp_path / "a.bin", f"sha256:{SHA256}")

    assert host.asked[-1] == ("a.bin", "bytes=100-")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_file_that_is_another_now_is_fetched_from_its_beginning(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"], host.version = CONTENT, '"2"'
    (tmp_path / "a.bin.part").write_bytes(b"other" * 20)
    (tmp_path / "a.bin.part.json").write_text(f'{{"url": "{host.url}/a.bin", "version": "\\"1\\""}}')
    fetch(host, tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_file_that_is_shorter_now_is_fetched_from_its_beginning(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"] = b"short"
    (tmp_path / "a.bin.part").write_bytes(CONTENT)
    (tmp_path / "a.bin.part.json").write_text(f'{{"url": "{host.url}/a.bin", "version": null}}')
    fetch(host, tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == b"short"


def test_a_host_without_ranges_sends_all_again(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"], host.knows_ranges = CONTENT, False
    (tmp_path / "a.bin.part").write_bytes(CONTENT[:100])
    (tmp_path / "a.bin.part.json").write_text(f'{{"url": "{host.url}/a.bin", "version": null}}')
    fetch(host, tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_another_file_is_refused_and_nothing_is_left(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"] = b"wrong"
    with pytest.raises(FetchError, match=r"what it sent is not that file: md5 [0-9a-f]{32}, not"):
        fetch(host, tmp_path / "a.bin", f"md5:{MD5}")

    assert not list(tmp_path.iterdir())


def test_the_next_address_is_asked_where_one_has_nothing_or_something_else(
    host: Host, tmp_path: Path
) -> None:
    host.files |= {"b.bin": b"wrong", "c.bin": CONTENT}
    fetch(host, tmp_path / "a.bin", f"sha256:{SHA256}", "a.bin", "b.bin", "c.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_file_that_is_not_there_is_not_asked_for_again(host: Host, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"/a\.bin: 404 Not Found"):
        fetch(host, tmp_path / "a.bin")

    assert len(host.asked) == 1


def test_a_host_that_sends_nothing_is_given_up(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"], host.breaks_at = CONTENT, 0
    with pytest.raises(FetchError, match=r"the connection broke off \(asked 4 times\)"):
        fetch(host, tmp_path / "a.bin")


def test_a_host_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"http://127\.0\.0\.1:1/a: .*refused"):
        download(["http://127.0.0.1:1/a"], tmp_path / "a", "", lambda *_: None, pause_s=0)


def test_it_is_told_how_far_it_is(host: Host, tmp_path: Path) -> None:
    host.files["a.bin"] = CONTENT

    assert fetch(host, tmp_path / "a.bin") == [(0, len(CONTENT)), (len(CONTENT), len(CONTENT))]
