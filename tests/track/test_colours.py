"""A code has one colour, in whatever chart it stands, and the colour is seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_factory import CHANGE, CODES, make_points

from sayso.code import Codebook
from sayso.track import chart, segment
from sayso.track.chart import PALETTES, Theme
from sayso.track.colours import colours_of, contrast, seen
from sayso.track.pair import Named, pair_chart

THEMES: tuple[Theme, ...] = ("light", "dark")
BOOK = {"warn": "#f9c80e", "accuse": "", "promise": "#00a8a8", "threaten": "#3d0000", "praise": ""}


def coloured(panel: dict[str, Any]) -> dict[str, str]:
    """Code -> colour, as the panel of shares has them."""
    scale = panel["layer"][0]["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))


@pytest.mark.parametrize("theme", THEMES)
def test_a_code_has_the_colour_of_its_codebook_in_every_chart(theme: Theme) -> None:
    hard, soft = make_points(CHANGE[:1], (20,)), make_points(CHANGE[1:], (20,), seed=1)
    few = [point for point in soft if "threaten" not in point.codes]
    lines = [segment(points) for points in (hard, soft, few)]
    charts = [
        coloured(chart(line, points, theme=theme, codebook=BOOK)["vconcat"][1])
        for line, points in zip(lines, (hard, soft, few), strict=True)
    ]
    pair = pair_chart([Named("a", lines[0], hard), Named("b", lines[2], few)], theme=theme, codebook=BOOK)
    charts += [coloured(panel) for panel in pair["vconcat"]]
    assert [set(each) for each in charts[:3]] == [set(CODES), set(CODES), {"promise", "accuse"}]
    for code in CODES:
        assert len({each[code] for each in charts if code in each}) == 1
    assert charts[0]["promise"] == BOOK["promise"]


@pytest.mark.parametrize("theme", THEMES)
def test_every_code_of_the_default_codebook_has_a_colour_of_its_own(theme: Theme) -> None:
    look = PALETTES[theme]
    family = Codebook.default().family("approach")
    for book in ({code.name: code.color for code in family}, dict.fromkeys(family.names[:21], "")):
        drawn = colours_of(tuple(book), book, look.codes, page=look.page, ink=look.ink)
        assert len(set(drawn)) == len(book)
        assert all(contrast(each, look.page) >= 2 for each in drawn)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from(THEMES))
def test_any_colour_stands_out_from_the_page_and_stays_as_it_is_if_it_does(colour: str, theme: Theme) -> None:
    look = PALETTES[theme]
    drawn = seen(colour, page=look.page, ink=look.ink)
    assert contrast(drawn, look.page) >= 2
    assert drawn == colour or contrast(colour, look.page) < 2
