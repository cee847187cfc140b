from tasks.data.reading import Reading
from tasks.parts.reading_counts import reading_counts


def test_reasons_become_metrics() -> None:
    reading: Reading = Reading("lfw", (), {"image missing": 2, "mask in no list": 1}, synthetic=True)  # type: ignore[type-arg]
    assert reading_counts(reading) == {
        "dropped_image_missing": 2,
        "dropped_mask_in_no_list": 1,
        "dropped": 3,
        "synthetic": 1,
    }
