import pytest

from orchestrator.report.latex_text import escape


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("50 % & more", r"50 \% \& more"),
        ("a_b#c", r"a\_b\#c"),
        ("{x}^2~y", r"\{x\}\textasciicircum{}2\textasciitilde{}y"),
        ("back\\slash", r"back\textbackslash{}slash"),
        ("[x]*", "{[}x]{*}"),
        ("0.1 ± 0.2", r"0.1 $\pm$ 0.2"),
        ("two  words\nin lines", "two words in lines"),
    ],
)
def test_nothing_is_a_command(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ('the "best" one', "the ``best'' one"),
        ('("best")', "(``best'')"),
        ("the 'best' one", "the `best' one"),
        ("it's Adam's", "it's Adam's"),
        ("the '90s", "the '90s"),
        ("“best” ‘one’", "``best'' `one'"),  # noqa: RUF001
    ],
)
def test_quotes_open_and_close(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("see `a_b`", r"see \texttt{a\_b}"),
        ('`say "x"`', r'\texttt{say "x"}'),
        ("one ` alone", r"one \textasciigrave{} alone"),
        ("--only", "-{}-only"),
        (",,x", ",{},x"),
    ],
)
def test_code_and_options_stay_as_typed(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("sign", "escaped"),
    [
        ("α", r"$\alpha$"),  # noqa: RUF001
        ("λ", r"$\lambda$"),
        ("Ω", r"$\Omega$"),
        ("10⁻³", "10$^{-}$$^{3}$"),
        ("x₁", "x$_{1}$"),
        ("→", r"$\rightarrow$"),
        ("é", "é"),
        ("½", "1/2"),
        ("ﬁ", "fi"),
        ("中", "U+4E2D"),
        ("\u202e", "?"),
    ],
)
def test_pdflatex_knows_every_sign(sign: str, escaped: str) -> None:
    assert escape(sign) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("val_loss", r"val\_loss"),
        (
            "val_loss_at_best_epoch",
            r"val\_\allowbreak{}loss\_\allowbreak{}at\_\allowbreak{}best\_\allowbreak{}epoch",
        ),
        ("0.4607123/0.4123123", r"0.4607123/\allowbreak{}0.4123123"),
    ],
)
def test_long_names_may_break_at_their_joints(text: str, escaped: str) -> None:
    assert escape(text, breaking=True) == escaped
