"""Whatever stands in a page, a title or a name: it is shown as text, and the brief's own words stay what they are."""

import dataclasses
import re

import lxml.html
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayso.brief import Brief, markdown, render
from sayso.records import ChainLink, Speaker, Target

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7*7 }}{% raw %}",
            "</style><svg onload=alert(1)>", "\u202egnp.exe\u202c", "\u2066\u2067x", "a\x00b\x1b[31m", "]]><!--", "&lt;b&gt;",
            "' onmouseover='alert(1)", "</title></head>", "\ud800", "x" * 3000, "", "é\u0301\u200d", "[a](javascript:x) | `c`",
        ]
    ),
    st.text(max_size=60),
)  # fmt: skip
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def attacked(brief: Brief, text: str) -> Brief:
    """The brief with the text in every place where words of others stand."""
    statements = tuple(
        dataclasses.replace(
            statement,
            text=text,
            before=text,
            after=text,
            document=text,
            speaker=Speaker(text, "person"),
            target=Target(text),
            chain=tuple(ChainLink(text, link.role) for link in statement.chain),
            codes=tuple(dataclasses.replace(coding, coder=text or "x", code=text) for coding in statement.codes),
        )
        for statement in brief.statements
    )
    items = tuple(dataclasses.replace(item, title=text, outlet=text, url=text, medium=text) for item in brief.items)
    counts = tuple(
        dataclasses.replace(
            count,
            stage=text,
            left_out=tuple(dataclasses.replace(left, reason=text, examples=(text,)) for left in count.left_out),
        )
        for count in brief.counts
    )
    turns = tuple(
        dataclasses.replace(
            turn,
            composition=text,
            moved=((text, 0.2, 0.3),),
            retests=tuple(dataclasses.replace(test, without=text) for test in turn.retests),
        )
        for turn in brief.turns
    )
    return dataclasses.replace(
        brief,
        actor=dataclasses.replace(brief.actor, name=text),
        title=text,
        topic=text,
        topic_description=text,
        desk=text,
        statements=statements,
        items=items,
        counts=counts,
        turns=turns,
        codes={text: text},
        limits=(text,),
        method=(text,),
        remarks=tuple(dataclasses.replace(remark, text=text, author=text) for remark in brief.remarks),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_hostile_words_stay_words_on_the_page(small: Brief, text: str) -> None:
    page = render(attacked(small, text))
    page.encode("utf-8")
    assert not DIRECTIONS.search(page)
    assert "\x00" not in page and "\x1b" not in page
    tree = lxml.html.document_fromstring(page)
    plain = lxml.html.document_fromstring(render(small))
    shape, wanted = ({element.tag for element in each.iter() if isinstance(element.tag, str)} for each in (tree, plain))
    assert shape <= wanted
    names = {name for element in tree.iter() for name in element.attrib}
    assert names <= {name for element in plain.iter() for name in element.attrib}
    for href in tree.xpath("//@href"):
        assert re.match(r"#|https?://", href, re.IGNORECASE)


def test_a_quotation_is_shown_letter_for_letter(small: Brief) -> None:
    text = '<b>"Fire & water" {{ x }} \u05e9\u05dc\u05d5\u05dd'
    tree = lxml.html.document_fromstring(render(attacked(small, text)))
    assert text in tree.xpath('//figure[@class="quotation"]//blockquote')[0].text_content()


def test_direction_controls_are_made_visible(small: Brief) -> None:
    assert "⟦U+202E⟧" in render(attacked(small, "\u202eevil"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_hostile_words_stay_words_in_markdown(small: Brief, text: str) -> None:
    made = markdown(attacked(small, text))
    assert not DIRECTIONS.search(made)
    assert not re.search(r"<[a-zA-Z/!]", made)
    assert not re.search(r"(?<!\\)\]\((?!#)", made)
    columns = {line.count(" | ") for line in made.splitlines() if line.startswith("| No\\. ")}
    assert all(count >= 3 for count in columns)


def test_chart_words_are_escaped(small: Brief) -> None:
    bad = "</svg><script>alert(1)</script>"
    spec = {
        "data": {"values": [{"a": bad, "b": 1}]},
        "mark": "bar",
        "encoding": {"x": {"field": "b", "type": "quantitative"}, "y": {"field": "a", "type": "nominal"}},
    }
    page = render(dataclasses.replace(small, chart=spec))
    tree = lxml.html.document_fromstring(page)
    assert not tree.xpath("//script")
    assert bad in tree.xpath('//figure[@class="chart"]')[0].text_content()
