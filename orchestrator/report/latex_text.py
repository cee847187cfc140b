"""Text for LaTeX: nothing in it is a command, quotes are a printer's, and pdflatex knows every sign."""

from __future__ import annotations

import re
import unicodedata

from orchestrator.messages.terminal import plain

_COMMANDS = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", "`": r"\textasciigrave{}",
    "[": "{[}", "*": "{*}",  # after a line break both would be its arguments
}  # fmt: skip
_SIGNS = {
    "—": "---", "\N{EN DASH}": "--", "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "“": "``", "”": "''", "„": r"\quotedblbase{}", "…": r"\ldots{}",
    "\N{NO-BREAK SPACE}": "~", "\N{NARROW NO-BREAK SPACE}": r"\,", "\N{THIN SPACE}": r"\,",
    "\N{NON-BREAKING HYPHEN}": "-", "\N{HYPHEN}": "-", "°": r"\textdegree{}", "€": r"\texteuro{}",
    "†": r"\textdagger{}", "‡": r"\textdaggerdbl{}", "•": r"\textbullet{}", "§": r"\S{}", "¶": r"\P{}",
    "©": r"\textcopyright{}", "®": r"\textregistered{}", "™": r"\texttrademark{}", "‰": r"\textperthousand{}",
    "\N{REPLACEMENT CHARACTER}": "?", "\N{FRACTION SLASH}": "/",
}  # fmt: skip
_MATHS = {
    "±": r"\pm", "\N{MULTIPLICATION SIGN}": r"\times", "·": r"\cdot", "÷": r"\div", "≥": r"\geq",
    "≤": r"\leq", "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "∝": r"\propto", "\N{MINUS SIGN}": "-",
    "→": r"\rightarrow", "←": r"\leftarrow", "↔": r"\leftrightarrow", "↑": r"\uparrow", "↓": r"\downarrow",
    "⇒": r"\Rightarrow", "∞": r"\infty", "∑": r"\sum", "∏": r"\prod", "∂": r"\partial", "∇": r"\nabla",
    "√": r"\surd", "∈": r"\in", "∉": r"\notin", "⊂": r"\subset", "\N{UNION}": r"\cup", "∩": r"\cap",
    "∅": r"\emptyset", "∀": r"\forall", "∃": r"\exists", "¬": r"\neg", "∧": r"\wedge",
    "\N{LOGICAL OR}": r"\vee", "⊕": r"\oplus", "⊗": r"\otimes", "‖": r"\|", "\N{SCRIPT SMALL L}": r"\ell",
    "\N{MICRO SIGN}": r"\mu", "✓": r"\surd", "\N{ASTERISK OPERATOR}": r"\ast", "\N{TILDE OPERATOR}": r"\sim",
}  # fmt: skip
_MATHS |= {
    letter: "\\" + unicodedata.name(letter).rsplit(" ", 1)[1].replace("LAMDA", "LAMBDA").lower()
    for letter in "αβγδεζηθικλμνξπρστυφχψω"
}
_MATHS |= {
    letter: "\\" + unicodedata.name(letter).rsplit(" ", 1)[1].replace("LAMDA", "LAMBDA").title()
    for letter in "ΓΔΘΛΞΠΣΥΦΨΩ"
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
_MATHS |= {sign: f"^{{{digit}}}" for sign, digit in _RAISED.items()}
_MATHS |= {sign: f"_{{{digit}}}" for sign, digit in _LOWERED.items()}
_CODE = re.compile(r"`([^`]+)`")
_OPENING = re.compile(r"(^|[\s(\[{—\-/=])([\"'])(?=\S)")
_LONG = 16
"""A name of so many letters may be broken where it has a `_`, a `/`, a `.` or a `=`."""


def escape(text: str, *, breaking: bool = False) -> str:
    """Return the text with everything that LaTeX would read as a command escaped.

    `code` is set in typewriter. With `breaking`, long names may end a line at their joints.
    """
    line = " ".join(plain(text).split())
    pieces = _CODE.split(line)
    told = [
        rf"\texttt{{{_escaped(piece, breaking)}}}" if at % 2 else _escaped(_quoted(piece), breaking)
        for at, piece in enumerate(pieces)
    ]
    return "".join(told)


def _quoted(text: str) -> str:
    """Return the text with straight quotes made opening and closing ones."""
    opened = _OPENING.sub(lambda found: found[1] + {'"': "“", "'": _single(text)}[found[2]], text)
    return opened.replace('"', "”")


def _single(text: str) -> str:
    """Return what a single quote before a word is: an opening one where another one closes it."""
    closes = re.search(r"\S'(?=$|[\s)\]},.;:!?/])", text)
    return "\N{LEFT SINGLE QUOTATION MARK}" if closes else "\N{RIGHT SINGLE QUOTATION MARK}"


def _escaped(text: str, breaking: bool) -> str:
    words = re.split(r"( )", text)
    return "".join(_word(word, breaking and len(word) >= _LONG) for word in words)


def _word(word: str, breaking: bool) -> str:
    joined = re.sub(r"(?<=([-,]))(?=\1)", "\0", word)  # two hyphens would be one dash, two commas a quote
    told = "".join("{}" if letter == "\0" else _sign(letter) for letter in joined)
    return re.sub(r"(\\_|[/=]|[.:](?!\d))(?=[^\s{}])", r"\1\\allowbreak{}", told) if breaking else told


def _sign(letter: str) -> str:
    if letter in _MATHS:
        return f"${_MATHS[letter]}$"
    if found := _COMMANDS.get(letter) or _SIGNS.get(letter):
        return found
    if letter < "\x80" or "\xc0" <= letter <= "\u017e":
        return letter
    simpler = unicodedata.normalize("NFKD", letter).replace("\N{FRACTION SLASH}", "/")
    if simpler != letter and all(part < "\x80" or unicodedata.combining(part) for part in simpler):
        return "".join(_COMMANDS.get(part, part) for part in simpler if part < "\x80")
    return f"U+{ord(letter):04X}"
