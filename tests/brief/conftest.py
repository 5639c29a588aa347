"""A small brief that has one of everything."""

import datetime as dt

import pytest

from sayso.brief import (
    Agreement,
    Brief,
    Comparison,
    Count,
    Difference,
    Item,
    LeftOut,
    Phrase,
    Quoted,
    Remark,
    Retest,
    Turn,
)
from sayso.records import (
    Actor,
    ChainLink,
    Coding,
    DateValue,
    Period,
    Producer,
    Shift,
    Speaker,
    Target,
)

PAPER, BULLETIN, COPY, VIDEO = "paper", "bulletin", "copy", "video"
SHA = {PAPER: "a1" * 32, BULLETIN: "b2" * 32, COPY: "c3" * 32}


def day(text: str) -> DateValue:
    date = dt.date.fromisoformat(text)
    return DateValue(text, "day", "metadata", date, date)


def quoted(key: str, text: str, item: str, date: str, depth: int, code: str, **more: object) -> Quoted:
    values: dict[str, object] = {
        "id": key,
        "text": text,
        "item": item,
        "document": f"https://news.example/{item}",
        "sha256": SHA[item],
        "start": 120,
        "end": 120 + len(text),
        "speaker": Speaker("Lamp Lighters’ League", "organization", "league"),
        "chain": (
            ChainLink("Evening Lamp", "document"),
            *[ChainLink("a video", "item")] * max(depth - 1, 0),
            ChainLink("Lamp Lighters’ League", "speaker", "league"),
        ),
        "depth": depth,
        "date": day(date),
        "codes": (Coding(key, "approach", code, "model:fast", 0.83),),
        "before": "It was dark. ",
        "after": " Nobody answered.",
        "carriers": (item,),
    }
    return Quoted(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def small() -> Brief:
    """Four statements, four items, one shift."""
    statements = (
        quoted(
            "s1",
            "no lamp will burn",
            PAPER,
            "2024-03-01",
            1,
            "threaten",
            kind="direct",
            carriers=(PAPER, COPY),
        ),
        quoted(
            "s2",
            "the gas men lied [to us] …",
            PAPER,
            "2024-03-01",
            2,
            "accuse",
            speaker=Speaker("Ann Wick", "person"),
            chain=(ChainLink("Evening Lamp", "document"), ChainLink("Ann Wick", "speaker")),
            target=Target("the gas men"),
            confidence=0.72,
        ),
        quoted("s3", "We offer the gas men our hand.", BULLETIN, "2024-06-01", 0, "support", date_of="utterance"),
        quoted(
            "s4",
            "every lamp will burn",
            BULLETIN,
            "2024-06-01",
            0,
            "promise",
            codes=(
                Coding("s4", "approach", "support", "model:fast", 0.9),
                Coding("s4", "approach", "promise", "J. Tallow"),
            ),
        ),
    )
    before, after = {"threaten": 0.5, "accuse": 0.5}, {"support": 0.5, "promise": 0.5}
    shift = Shift(dt.date(2024, 6, 1), (dt.date(2024, 5, 20), dt.date(2024, 6, 1)), 0.934, before, after)
    month = DateValue("2024-02", "month", "text", dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    captured = dt.datetime(2024, 7, 1, 8, 30, tzinfo=dt.UTC)
    return Brief(
        actor=Actor("league", "Lamp Lighters’ League"),
        topic="gas light",
        topic_description="What is said about gas lamps.",
        desk="Lamps & Lighters",
        issued_at=dt.datetime(2024, 7, 2, 9, 0, tzinfo=dt.UTC),
        version="0.1.0",
        headline=(
            Phrase("In March 2024 threats and accusations prevailed ("),
            Phrase("100%", ("s1", "s2")),
            Phrase("); from June 2024 promises and support did ("),
            Phrase("100%", ("s3", "s4")),
            Phrase(")."),
        ),
        findings=((Phrase("2 statements", ("s3", "s4")), Phrase(" are first-hand.")),),
        codes={"threaten": "The speaker announces harm to the target."},
        periods=(
            Period(dt.date(2024, 3, 1), dt.date(2024, 3, 1), 2, 1, before, {"threaten": (0.2, 0.8)}),
            Period(dt.date(2024, 6, 1), dt.date(2024, 6, 1), 2, 1, after),
        ),
        members=(("s1", "s2"), ("s3", "s4")),
        turns=(
            Turn(
                shift,
                moved=(("threaten", 0.5, 0.0), ("support", 0.0, 0.5)),
                typical_before=("s1", "s2"),
                typical_after=("s4",),
                retests=(
                    Retest("outlet", "Evening Lamp", 0.41, False, ("s1", "s2")),
                    Retest("item", "The Wick, no. 7", 0.92, True, ("s3", "s4")),
                ),
                composition="The line changed, not the mix of who reports.",
            ),
        ),
        statements=statements,
        comparisons=(
            Comparison(
                "s1",
                BULLETIN,
                SHA[BULLETIN],
                "shortened",
                (Difference("same", "no lamp", "no lamp"), Difference("omitted", "of ours"), Difference("added", "", "x")),
                10,
                40,
            ),
        ),
        items=(
            Item(PAPER, "Lamps out", "article", "Evening Lamp", day("2024-03-01"), True, "https://news.example/1",
                 SHA[PAPER], captured, statements=2, copies=(COPY,)),
            Item(COPY, "Lamps are out", "article", "Morning Lamp", day("2024-03-02"), True, "file:///tmp/copy.html",
                 SHA[COPY], captured, copy_of=PAPER),
            Item(BULLETIN, "The Wick, no. 7", "editorial", "The Wick", day("2024-06-01"), True, "", SHA[BULLETIN],
                 captured, primary=True, statements=2),
            Item(VIDEO, "Dark streets", "video", "", month, False, mentioned_by=(PAPER,)),
        ),
        counts=(
            Count("collected", 4, "item", (LeftOut("empty file", 1, ("blank.html",)),), items=(PAPER, BULLETIN, COPY)),
            Count("on the line", 4, "statement", (LeftOut("repeated by copies", 2),), ("s1", "s2", "s3", "s4")),
        ),
        agreement=(
            Agreement("approach", ("J. Tallow", "model:fast"), "Krippendorff’s alpha", 0.5, 2, (0.1, 0.9),
                      (("promise", "support", 1),)),
        ),
        method=("Exact Bayesian segmentation (Fearnhead 2006).",),
        producers=(Producer("read", "1"), Producer("attribute", "1", "d4" * 32)),
        codebook_version="3",
        settings_sha256="e5" * 32,
        limits=("Two items are few.",),
        remarks=(Remark("line", "A quiet spring.", "J. Tallow"),),
    )  # fmt: skip
