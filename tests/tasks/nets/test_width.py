import pytest

from tasks.nets import width


@pytest.mark.parametrize(
    ("channels", "share", "wanted"), [(64, 1, 64), (512, 0.25, 128), (96, 0.3, 29), (3, 0.01, 1)]
)
def test_channels_are_scaled_and_never_vanish(channels: int, share: float, wanted: int) -> None:
    assert width.scaled(channels, share) == wanted


def test_file_of_the_printed_width_is_written_as_ever() -> None:
    assert width.noted(1) == {}


@pytest.mark.parametrize("share", [1, 0.3, 0.125])
def test_width_comes_back_from_what_was_noted(share: float) -> None:
    assert width.read(width.noted(share)) == share
