"""Quotation marks: which runs are found, and that no text whatever breaks them."""

import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.encoder import Quoted, QuotedRuns, paragraphs, quoted_runs
from sayso.encoder.quotes import LONGEST, LONGEST_FRAGMENT

MARKS = "“”„‟«»‹›「」『』〝〞〟\"＂❝❞‘’‚`',"
TEXTS = st.text(st.sampled_from([*MARKS, *"ab sS.,?-6\n\r", "é", "😀", "\u0301", "א", "\x00"]), max_size=120)


Count = Callable[[Callable[[], object]], int]


def runs(text: str) -> list[str]:
    return [text[r.start : r.end] for r in quoted_runs(text)]


@pytest.mark.parametrize(
    "text, quoted",
    [
        ('She said "yes" twice.', ['"yes"']),
        ("She said “yes” twice.", ["“yes”"]),
        ("She said ''yes'' twice.", ["''yes''"]),
        ("She said ``yes'' twice.", ["``yes''"]),
        ("She said ‘yes’ twice.", ["‘yes’"]),
        ("She said 'yes' twice.", ["'yes'"]),
        ("Sie sagte „ja“ und ging.", ["„ja“"]),
        ("Ona rekla „da” in šla.", ["„da”"]),
        ("Elle dit «oui» et sortit.", ["«oui»"]),
        ("Elle dit « oui » et sortit.", ["« oui »"]),
        ("Elle dit «\u202foui\u202f» et sortit.", ["«\u202foui\u202f»"]),
        ("Sie sagte »ja« und ging.", ["»ja«"]),
        ("Sie sagte ›ja‹ und ging.", ["›ja‹"]),
        ("„Er sagte ‚ja‘ und ging“, sagte sie.", ["„Er sagte ‚ja‘ und ging“", "‚ja‘"]),
        ("Sie sagte ,,ja” und ging.", [",,ja”"]),
        ("She said ‘‘yes’’ twice.", ["‘‘yes’’"]),
        ("She said ‘the players’’ twice.", ["‘the players’’"]),
        ("She said ❝yes❞ and ＂no＂.", ["❝yes❞", "＂no＂"]),
        ('She wrote,"yes" twice.', ['"yes"']),
        ("彼は「はい」と言った。", []),  # a mark inside a word opens nothing
        ("He said: 「yes」.", ["「yes」"]),
        ("“He told me ‘no’ twice,” she said.", ["“He told me ‘no’ twice,”", "‘no’"]),
        ("\"He told me 'no' twice,\" she said.", ["\"He told me 'no' twice,\"", "'no'"]),
        ("(“yes”)—“no”", ["“yes”", "“no”"]),
    ],
)
def test_every_pair_of_marks(text: str, quoted: list[str]) -> None:
    assert runs(text) == quoted


@pytest.mark.parametrize(
    "text",
    [
        "They don't, the workers' hall wasn't, and it's O'Neill's.",
        "They don’t, the workers’ hall wasn’t, and it’s O’Neill’s.",
        "The '90s and rock 'n' roll's '68.",
        "’Tis the season",
        "He loved rock ’n’ roll, get 'em out of the dockers' hall, and rock ‘n’ roll is here.",
        "A 6' plank, 2\" thick, and a 3'4\" door.",
    ],
)
def test_apostrophes_and_measures_are_no_quotations(text: str) -> None:
    assert runs(text) == []


def test_apostrophes_inside_single_marks_do_not_close_them() -> None:
    assert runs("‘It’s the players’ room, not the chairman’s,’ he said.") == [
        "‘It’s the players’ room, not the chairman’s,’"
    ]
    assert runs("'We don't sell yesterday's bread,' he said.") == ["'We don't sell yesterday's bread,'"]


def test_a_plural_that_ends_a_single_quotation_closes_it() -> None:
    assert runs("The so-called ‘reforms’ failed. ‘Never again,’ he said.") == ["‘reforms’", "‘Never again,’"]


def test_marks_of_two_kinds_close_each_other_where_nothing_else_does() -> None:
    assert runs('“It is over," he said. "Go home.”') == ['“It is over,"', '"Go home.”']
    assert runs('“The pipe is 6" wide,” he said.') == ['“The pipe is 6" wide,”']


def test_a_quotation_over_paragraphs_is_open_only_where_the_next_one_opens_with_the_same_mark() -> None:
    text = "“First.\n\n“Second.\n\n“Third,” he said."
    assert runs(text) == ["“First.", "“Second.", "“Third,”"]
    assert [r.closed for r in quoted_runs(text)] == [False, False, True]
    assert runs("“First.\n\nSecond.") == []
    assert runs("“First.\n\n'Tis second.") == []


def test_one_odd_mark_spoils_only_its_own_paragraph() -> None:
    whole = 'He said "yes".\n\nThe door" stood open and the "till was empty.\n\nShe said "no" and «never».'
    assert [r for r in runs(whole) if r in ('"yes"', '"no"', "«never»")] == ['"yes"', '"no"', "«never»"]


@given(TEXTS, st.sampled_from('"“”«»„'), TEXTS)
def test_an_odd_mark_changes_nothing_in_other_paragraphs(before: str, odd: str, after: str) -> None:
    """The paragraph beside it may look at how its neighbour begins, so plain ones stand between."""
    head, tail = before + "\n\nPlain words.\n\n", "\n\nPlain words.\n\n" + after

    def outside(middle: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        text = head + middle + tail
        late = len(head) + len(middle)
        found = [(r.start, r.end) for r in quoted_runs(text)]
        return (
            [x for x in found if x[1] <= len(head)],
            [(a - late, b - late) for a, b in found if a >= late],
        )

    assert outside(f"One {odd}odd mark.") == outside("One odd mark.")


def test_a_plural_inside_single_marks_does_not_close_them() -> None:
    assert runs("'the lads' mentality was superb'.") == ["'the lads' mentality was superb'"]
    assert runs("‘We’re here for the fans’ sake’") == ["‘We’re here for the fans’ sake’"]


@pytest.mark.parametrize("mark", ['"', "“”", "''"])
def test_marks_far_apart_are_no_pair(mark: str) -> None:
    opens, closes = (mark[0], mark[1]) if mark == "“”" else (mark, mark)
    for longest, word in ((LONGEST, "Words"), (LONGEST_FRAGMENT, "words")):
        for more, found in ((-60, 1), (60, 0)):
            text = f"A {opens}{word} " + "words " * ((longest + more) // 6) + f"and{closes} ends."
            assert len(quoted_runs(text)) == found


@given(TEXTS, st.integers(0, 120), st.integers(0, 120))
def test_the_runs_that_touch_a_span_are_those_that_share_a_place_with_it(text: str, start: int, end: int) -> None:
    found = quoted_runs(text)
    start, end = min(start, end), max(start, end) + 1
    assert found.touching(start, end) == [r for r in found if r.start < end and r.end > start]


def test_what_touches_a_span_costs_no_more_than_it_is(executed_lines: Count) -> None:
    """One long quotation around many short ones."""

    def look(number: int) -> int:
        found = QuotedRuns(
            [Quoted(0, 40 * number, "“"), *(Quoted(i * 40 + 5, i * 40 + 15, "‘") for i in range(number))]
        )
        return executed_lines(lambda: [found.touching(r.start, r.end) for r in found[1:]])

    assert look(3000) < 20 * look(300)


@given(TEXTS)
def test_runs_lie_in_the_text_and_in_one_paragraph(text: str) -> None:
    spans = paragraphs(text)
    found = quoted_runs(text)
    assert found == sorted(found, key=lambda r: (r.start, -r.end))
    for r in found:
        assert 0 <= r.start < r.end <= len(text)
        assert text.startswith(r.mark, r.start)
        assert any(a <= r.start and r.end <= b for a, b in spans)
        if r.closed:
            assert r.end - r.start > len(r.mark) + 1
            assert text[r.end - 1] in MARKS


@given(TEXTS)
def test_runs_are_nested_or_apart(text: str) -> None:
    found = quoted_runs(text)
    for a in found:
        for b in found:
            apart = a.end <= b.start or b.end <= a.start
            assert apart or (a.start <= b.start and b.end <= a.end) or (b.start <= a.start and a.end <= b.end)


@given(TEXTS)
def test_paragraphs_are_in_order_and_leave_out_nothing_but_space(text: str) -> None:
    spans = paragraphs(text)
    at = 0
    for a, b in spans:
        assert a >= at and not text[at:a].strip() and text[a:b].strip()
        at = b
    assert not text[at:].strip()


def test_a_hard_wrapped_line_goes_on_and_a_short_one_ends() -> None:
    wrapped = "This line was broken by a mail program for want\nof room, and goes on. \nThis is another."
    assert [wrapped[a:b] for a, b in paragraphs(wrapped)] == [wrapped[: wrapped.index("\nThis is")], "This is another."]
    assert len(paragraphs("Eggs\nflour\nsalt")) == 3


WORDS = (
    'The harbour of Gdynia was closed by Mrs. Lund on 3 May 2021. Nobody knows why "it" happened; see below. OK? ' * 4
)


@pytest.mark.parametrize("width", [50, 60, 72, 80, 100, 120])
@pytest.mark.parametrize("between", ["\n\n", "\n", "\r\n\r\n"])
def test_paragraphs_that_a_program_wrapped_are_whole(width: int, between: str) -> None:
    """Whatever a line ends or begins with; where a single break parts paragraphs, the last line of each has room."""
    one = textwrap.fill(WORDS, width, break_on_hyphens=False)
    last = width - len(one.rsplit("\n", 1)[1])
    one = one if last > 10 else one.rsplit(" ", 4)[0]
    text = between.join([one.replace("\n", "\r\n") if "\r" in between else one] * 3)
    assert [" ".join(text[a:b].split()) for a, b in paragraphs(text)] == [" ".join(one.split())] * 3


def test_lines_that_are_none_of_a_wrapped_text_stay_apart() -> None:
    lines = (
        "Army denies that it fired on the northern port", "Ferry to the islands is cancelled until Sunday evening",
        "Coach says he will stay", "Court hears of a second letter in the case of the missing ship",
        "Ministry: no comment on prices", "Union says that talks have failed and that it will strike on Monday",
    )  # fmt: skip
    assert len(paragraphs("\n".join(lines))) == len(lines)
    for speakers in (("JONES", "SMITH"), ("Anna Koch", "Ben Moore")):
        turns = [f"{speakers[i % 2]}: {line.ljust(70, 'x')}" for i, line in enumerate(lines)]
        assert len(paragraphs("\n".join(turns))) == len(lines)
    dialogue = [
        "“We will not leave the town before they pay us,” she said.",
        "“You will leave the town today, and that is it,” he said.",
        "“Nobody leaves any town before the mayor is back,” she said.",
        "“Then we will wait for him here in the street,” he said.",
    ]  # fmt: skip
    assert len(paragraphs("\n".join(dialogue))) == 4
    equal = [line[:46] for line in lines if len(line) > 46] * 2
    assert len(paragraphs("\n".join(equal))) == len(equal)


def test_quoted_mail_ends_where_its_depth_changes() -> None:
    mail = (
        "Lund wrote on Monday:\n"
        ">> The pier is closed and nobody knows when it\n>> will be open again, said the harbour office\n"
        ">> in a note that came on Monday evening to us\n> That is what I heard too from others in town.\n"
        "Nobody answered that letter."
    )
    assert [mail[a:b].count("\n") for a, b in paragraphs(mail)] == [0, 2, 0, 0]


@given(
    st.lists(st.sampled_from(["", "a", "word " * 9 + "end.", "Word " * 14, "x" * 70, "> y" * 20]), max_size=60),
    st.text(max_size=40),
)
def test_lines_further_on_change_no_paragraph(lines: list[str], more: str) -> None:
    text = "\n".join([*lines, *["Plain line."] * 20])
    kept = [span for span in paragraphs(text) if span[1] <= len("\n".join(lines))]
    assert paragraphs(text + "\n" + more)[: len(kept)] == kept


@pytest.mark.parametrize("pattern", ["“«", '"', "'", " '", "‘’", " “‘«‹「", "''", "« "])
def test_stray_marks_cost_no_more_than_their_number(executed_lines: Count, pattern: str) -> None:
    """Counted in executed lines rather than seconds: ten times the marks may cost ten times as many, not a hundred."""
    assert executed_lines(lambda: quoted_runs(pattern * 3000)) < 20 * executed_lines(lambda: quoted_runs(pattern * 300))
