from orchestrator.report.methods.methods_section import MethodsSection, counted, listed_values, spoken


def test_a_section_with_nothing_to_say_is_empty() -> None:
    assert MethodsSection(title="t").empty
    assert not MethodsSection(title="t", paragraphs=("p",)).empty


def test_names_are_spoken_without_underscores() -> None:
    assert spoken("batch_size") == "batch size"


def test_one_is_no_plural() -> None:
    assert [counted(number, "trial") for number in (0, 1, 1200)] == ["0 trials", "1 trial", "1,200 trials"]


def test_the_middle_of_many_values_is_left_out() -> None:
    assert listed_values([*"abcdef"], most=4) == "a, b, c, …, f (6 values)"
