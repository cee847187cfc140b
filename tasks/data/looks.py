"""What a synthetic person looks like, drawn at random: facts first, paint later (`drawing`).

The shares below are free choices. They make the sex learnable from the pixels, but not free of error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np

Colour: TypeAlias = tuple[int, int, int]
HairStyle: TypeAlias = Literal["bald", "short", "medium", "long"]
Glasses: TypeAlias = Literal["none", "clear", "dark"]

SKINS: tuple[Colour, ...] = (
    (250, 224, 205),
    (240, 200, 170),
    (224, 172, 140),
    (198, 140, 105),
    (150, 100, 72),
    (100, 66, 48),
)
HAIRS: dict[str, Colour] = {
    "Black_Hair": (32, 26, 26),
    "Brown_Hair": (96, 58, 34),
    "Blond_Hair": (222, 186, 104),
    "Gray_Hair": (176, 176, 178),
}
LIPSTICKS: tuple[Colour, ...] = ((200, 24, 52), (176, 20, 90), (222, 60, 70))
CLOTHES: tuple[Colour, ...] = ((40, 44, 60), (120, 30, 40), (36, 84, 62), (210, 210, 214), (70, 90, 150))
CAPS: tuple[Colour, ...] = ((190, 30, 40), (30, 60, 140), (30, 110, 60), (60, 60, 64), (230, 200, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One synthetic person; every field shows in the picture."""

    male: bool
    young: bool
    skin: Colour
    pale: bool
    hair: str  # a key of HAIRS
    style: HairStyle
    bangs: bool
    moustache: bool
    beard: bool
    lipstick: Colour | None
    rosy: bool
    smiling: bool
    mouth_open: bool
    earrings: bool
    necktie: bool
    bushy_brows: bool
    glasses: Glasses
    cap: Colour | None
    clothes: Colour
    iris: Colour
    jaw: float  # 0 pointed .. 1 square


def sample_look(rng: np.random.Generator, *, glasses: Glasses | None = None, cap: bool | None = None) -> Look:
    """Draw a person; `glasses` and `cap` fix what a dataset needs in given numbers."""
    male = _chance(rng, 0.5)
    young = _chance(rng, 0.7)
    style = _style(rng, male=male, young=young)
    tone = int(rng.integers(len(SKINS)))
    wears_cap = _chance(rng, 0.06) if cap is None else cap
    return Look(
        male=male,
        young=young,
        skin=SKINS[tone],
        pale=tone == 0,
        hair=_hair_colour(rng, young=young),
        style=style,
        bangs=style != "bald" and _chance(rng, 0.1 if male else 0.35),
        moustache=male and _chance(rng, 0.55),
        beard=male and _chance(rng, 0.3),
        lipstick=_pick(rng, LIPSTICKS) if _chance(rng, 0.02 if male else 0.75) else None,
        rosy=_chance(rng, 0.02 if male else 0.3),
        smiling=_chance(rng, 0.5),
        mouth_open=_chance(rng, 0.45),
        earrings=_chance(rng, 0.02 if male else 0.4),
        necktie=male and _chance(rng, 0.25),
        bushy_brows=_chance(rng, 0.45 if male else 0.05),
        glasses=glasses if glasses is not None else _glasses(rng),
        cap=_pick(rng, CAPS) if wears_cap else None,
        clothes=_pick(rng, CLOTHES),
        iris=_pick(rng, ((70, 44, 24), (60, 100, 150), (70, 120, 70))),
        jaw=float(rng.uniform(0.5, 1.0) if male else rng.uniform(0.0, 0.5)),
    )


def facts(look: Look) -> dict[str, bool]:
    """Return the CelebA attributes that the picture of this person shows or plainly does not show."""
    hair_colours = {name: look.hair == name and look.style != "bald" for name in HAIRS}
    return hair_colours | {
        "Bald": look.style == "bald",
        "Bangs": look.bangs and look.cap is None,
        "Bushy_Eyebrows": look.bushy_brows,
        "Eyeglasses": look.glasses != "none",
        "Male": look.male,
        "Mouth_Slightly_Open": look.mouth_open,
        "Mustache": look.moustache,
        "No_Beard": not look.beard,
        "Pale_Skin": look.pale,
        "Rosy_Cheeks": look.rosy,
        "Smiling": look.smiling,
        "Wearing_Earrings": look.earrings,
        "Wearing_Hat": look.cap is not None,
        "Wearing_Lipstick": look.lipstick is not None,
        "Wearing_Necktie": look.necktie,
        "Young": look.young,
    }


def _style(rng: np.random.Generator, *, male: bool, young: bool) -> HairStyle:
    draw = rng.random()
    if male:
        bald = 0.06 if young else 0.25
        return "bald" if draw < bald else "short" if draw < 0.9 else "medium" if draw < 0.96 else "long"
    return "short" if draw < 0.08 else "medium" if draw < 0.38 else "long"


def _hair_colour(rng: np.random.Generator, *, young: bool) -> str:
    if not young and _chance(rng, 0.8):
        return "Gray_Hair"
    return ("Black_Hair", "Brown_Hair", "Blond_Hair")[int(rng.integers(3))]


def _glasses(rng: np.random.Generator) -> Glasses:
    draw = rng.random()
    return "clear" if draw < 0.1 else "dark" if draw < 0.15 else "none"


def _chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return colours[int(rng.integers(len(colours)))]
