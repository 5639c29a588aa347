"""The reader's runs: they are the text, whatever the spans, and each carries exactly the marks that cover it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.web._marks import paragraphs

spans = st.tuples(st.integers(0, 60), st.integers(1, 20))


def span(pair: tuple[int, int], length: int) -> dict[str, int]:
    start = min(pair[0], max(0, length - 1))
    return {"start": start, "end": min(length, start + pair[1])}


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="ab \n\t\u0627", min_size=1, max_size=70),
    st.lists(st.tuples(st.none() | spans, spans, st.lists(spans, min_size=1, max_size=3)), max_size=6),
    st.lists(spans, max_size=2),
)
def test_runs_are_the_text_and_its_marks(text: str, given_spans: list, grey: list) -> None:
    n = len(text)
    statements = [
        {
            "source": span(source, n) if source else None,
            "cue": span(cue, n),
            "content": [span(each, n) for each in content],
        }
        for source, cue, content in given_spans
    ]
    found = paragraphs(text, statements, [span(each, n) for each in grey])
    assert [line for line in text.split("\n") if line.strip()] == ["".join(r.text for r in p.runs) for p in found]
    for paragraph in found:
        at = paragraph.start
        for run in paragraph.runs:
            for place in range(at, at + len(run.text)):
                covering = {
                    number
                    for number, each in enumerate(statements, 1)
                    for s in [each["source"], each["cue"], *each["content"]]
                    if s and s["start"] <= place < s["end"]
                }
                assert set(run.numbers) == covering
            at += len(run.text)
    starts = [number for paragraph in found for number in paragraph.starts]
    assert len(starts) == len(set(starts))


def test_nested_content_is_told_from_the_content_around_it() -> None:
    text = "A said that B said that it rains."
    statements = [
        {"source": {"start": 0, "end": 1}, "cue": {"start": 2, "end": 6}, "content": [{"start": 7, "end": 32}]},
        {"source": {"start": 12, "end": 13}, "cue": {"start": 14, "end": 18}, "content": [{"start": 19, "end": 32}]},
    ]
    (paragraph,) = paragraphs(text, statements)
    assert [(run.text, run.classes) for run in paragraph.runs][-4:] == [
        ("said", "cue content level1"),
        (" ", "content level1"),
        ("that it rains", "content level2"),
        (".", ""),
    ]
    assert paragraph.starts == (1, 2)


def test_a_hundred_thousand_words_with_five_hundred_statements_stay_linear() -> None:
    text = "\n\n".join("word " * 200 for _ in range(500))
    size = len(text) // 500
    statements = [
        {
            "source": {"start": at, "end": at + 4},
            "cue": {"start": at + 5, "end": at + 9},
            "content": [{"start": at + 10, "end": at + 90}],
        }
        for at in range(0, 500 * size, size)
    ]
    found = paragraphs(text, statements)
    assert sum(len(paragraph.runs) for paragraph in found) < 8 * 500
    assert sum(len(paragraph.starts) for paragraph in found) == 500
