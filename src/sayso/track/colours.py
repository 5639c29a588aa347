"""The colours of codes in charts: a code looks the same in every chart of a codebook, so that two briefs can be compared.

In: the codes that a chart shows, and the colours that their codebook gives. Out: a colour for each, to be seen on the
chart's page. Contrast is that of WCAG 2.2 (relative luminance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LEAST = 2.0  # contrast with the page
STEPS = 20  # of mixing, until a colour is seen
SHADE = 0.35  # of ink, then of page, in what codes beyond the palette's number get


def colours_of(
    codes: Sequence[str], codebook: Mapping[str, str], palette: Sequence[str], *, page: str, ink: str
) -> list[str]:
    """A colour (#rrggbb) for each of `codes`, in their order.

    `codebook` has the family's codes in order, each with its colour or "": then the colour hangs on the code's place
    in the family alone. Codes that no codebook has, as in a table, get the palette's colours one after the other.
    """
    places = {code: place for place, code in enumerate(codebook)}
    free = iter(palette)
    return [
        seen(codebook[code] or placed(places[code], palette, page=page, ink=ink), page=page, ink=ink)
        if code in places
        else next(free)
        for code in codes
    ]


def placed(place: int, palette: Sequence[str], *, page: str, ink: str) -> str:
    """The colour of a code by its place in the family: the palette's, then darker and paler ones, then from the start."""
    plain = palette[place % len(palette)]
    return (plain, mixed(plain, ink, SHADE), mixed(plain, page, SHADE))[place // len(palette) % 3]


def seen(colour: str, *, page: str, ink: str) -> str:
    """The colour, with as much of the ink as it needs to stand out from the page."""
    tries = (mixed(colour, ink, step / STEPS) for step in range(STEPS + 1))
    return next(each for each in tries if contrast(each, page) >= LEAST or each == ink)


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with `share` of another one."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(colour), _rgb(other), strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _rgb(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
