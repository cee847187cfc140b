from collections.abc import Iterator

import pytest

from tests.tasks.fetch.host import Host, serving


@pytest.fixture
def host() -> Iterator[Host]:
    """Give a host of files on this machine."""
    with serving() as one:
        yield one
