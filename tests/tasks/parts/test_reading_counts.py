from tasks.data.reading import Reading
from tasks.parts.reading_counts import reading_counts


def test_reasons_become_metrics() -> None:
    reading: Reading[None] = Reading("lfw", (), {"image missing": 2, "mask in no list": 1}, synthetic=True)
    assert reading_counts(reading) == {
        "dropped_image_missing": 2,
        "dropped_mask_in_no_list": 1,
        "dropped": 3,
        "synthetic": 1,
    }


def test_remarks_become_metrics_too() -> None:
    reading: Reading[None] = Reading("lfw", (), {}, {"pixel off the palette, set to black": 5})
    assert reading_counts(reading)["kept_pixel_off_the_palette_set_to_black"] == 5
