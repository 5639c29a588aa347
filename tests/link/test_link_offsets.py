"""Every span is the text it says, in any script: Arabic, Hebrew, Chinese, combining marks, emoji."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sayso.link import References, compare, link, repeats
from sayso.link._align import words
from sayso.records import Analysis, Attribution, Document, Span

WORDS = st.sampled_from(
    [
        "قال", "الصَّباح", "מִלָּה", "ירושלים", "他说", "港口工会", "e\u0301tude", "نا\u200cهماهنگ", "👩‍👩‍👧‍👦", "🇸🇾", "Al-Naba’",
        "Peter Lang", "the union", "said", "in a video", "Another video", "It", "he", "who", "“quoted”", "on Monday",
        "in July 2014", "two weeks later", "the report", "At first", "Now", ".", "\n\n", "ﷺ", "İstanbul", "ß", "\ufeff",
    ]
)  # fmt: skip
TEXTS = st.lists(WORDS, min_size=3, max_size=40).map(" ".join)


@st.composite
def attributed(draw: st.DrawFn) -> tuple[str, tuple[Attribution, ...]]:
    """A text with attributions whose spans lie anywhere in it."""
    text = draw(TEXTS)

    def span(low: int = 0, high: int = len(text)) -> Span:
        start = draw(st.integers(low, high - 1))
        end = draw(st.integers(start + 1, high))
        return Span(start, end, text[start:end])

    made = []
    for number in range(draw(st.integers(1, 4))):
        source = (span(),) if draw(st.booleans()) else ()
        kind = draw(st.sampled_from(["direct", "mixed", "indirect"]))
        made.append(Attribution(f"a{number}", (span(),), (span(),), kind, 0.5, source))
    return text, tuple(made)


@given(attributed())
def test_all_spans_of_statements_and_items_are_the_texts_own(given_: tuple[str, tuple[Attribution, ...]]) -> None:
    text, attributions = given_
    linked = link(Document(path="p", text=text, sha256="0" * 64), Analysis(attributions))
    spans = [s for statement in linked.statements for s in statement.content]
    spans += [m for item in linked.items for m in item.mentions]
    assert all(text[s.start : s.end] == s.text for s in spans)
    vias = [s.via for s in linked.statements if s.via]
    assert all(text[v.start : v.end] == v.item for v in vias)
    contents = {s.id: s.content for s in linked.statements}
    for statement in linked.statements:
        for span in statement.content if statement.parent else ():
            assert any(o.start <= span.start and span.end <= o.end for o in contents[statement.parent or ""])


@given(TEXTS)
def test_words_stand_where_they_say(text: str) -> None:
    found = words(text)
    assert all(0 <= w.start < w.end <= len(text) for w in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(TEXTS, TEXTS, TEXTS)
def test_a_quotation_is_found_where_it_stands(before: str, quoted: str, after: str) -> None:
    original = f"{before} {quoted} {after}"
    found = compare(quoted, original)
    if found.start is not None and found.end is not None:
        assert 0 <= found.start < found.end <= len(original)
    if found.verdict == "identical":
        assert [w.text for w in words(original[found.start : found.end])] == [w.text for w in words(quoted)]


@given(TEXTS)
def test_places_of_reference_texts_are_their_words(text: str) -> None:
    place = References({"work": text}).find(text)
    if place is not None:
        assert text[place.start : place.end] == place.text


@given(TEXTS, st.data())
def test_a_text_repeats_its_own_statements(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    content = {"one": (Span(start, end),)}
    found = repeats(text, content, text, content)
    assert set(found) == ({"one"} if any(start <= w.start < end for w in words(text)) else set())
    assert all(not differences for _, differences in found.values())
