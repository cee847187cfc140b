"""That troubles of a file system are counted."""

from tests.soak.file_troubles import count_troubles


def test_a_stale_handle_is_counted_by_who_met_it() -> None:
    said = [("trial", "OSError: [Errno 116] Stale file handle: 'x'"), ("trial", "loss 0.1"), ("worker", "")]

    assert count_troubles(said) == {"trial: Stale file handle": 1}
