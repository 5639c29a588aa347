"""A desk for tests: small engines in place of the trained model, so that what is tested is the road and not the driver."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from sayso.desk import Desk, Engines
from sayso.link import LINKER
from sayso.read import READER
from sayso.records import Analysis, Attribution, Document, Producer, Span

CUES = re.compile(r"\b(said|warned|promised|announced|accused)\b")


def attribute(document: Document) -> Analysis:
    """Each sentence with a verb of saying: what stands before it is the source, what follows the content."""
    text, sentences, found = document.text, [], []
    for match in re.finditer(r"[^.\n]+\.?", text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        if start == end:
            continue
        sentences.append(Span(start, end, text[start:end]))
        cue = CUES.search(text, start, end)
        if cue and cue.start() > start and cue.end() + 1 < end:
            source = Span(start, cue.start() - 1, text[start : cue.start() - 1])
            content = Span(cue.end() + 1, end, text[cue.end() + 1 : end])
            found.append(
                Attribution(
                    id=f"a{len(found) + 1}",
                    cue=(Span(*cue.span(), cue.group()),),
                    content=(content,),
                    kind="indirect",
                    confidence=0.75,
                    source=(source,) if source.text.strip() else (),
                )
            )
    return Analysis(tuple(found), tuple(sentences), producer=Producer("attribute", "test"))


def embed(texts: Sequence[str]) -> np.ndarray:
    """Bags of hashed words as unit rows: enough for a coder to tell texts apart."""
    rows = np.full((len(texts), 64), 1e-6, np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in re.findall(r"\w+", text.lower()):
            row[zlib.crc32(word.encode()) % 64] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="session")
def engines() -> Engines:
    return Engines(READER, Producer("attribute", "test"), LINKER, attribute, embed)


ACTORS = """
actors:
  - id: union
    name: Harbour Union
    kind: group
    aliases: [the dockers]
  - id: authority
    name: Port Authority
"""
OUTLETS = """
outlets:
  - {id: hook, name: The Hook, domains: [hook.example], actor: union, medium: magazine}
  - {id: courier, name: Kelda Courier, domains: [courier.example]}
"""
TOPICS = """
topics:
  - {id: leavers, name: Those who left, words: ["leave*", "left", "crossing"]}
"""


@pytest.fixture
def clippings(tmp_path: Path) -> Path:
    """Twelve items of two years, one of them twice under other names."""
    folder = tmp_path / "clippings"
    folder.mkdir()
    for n in range(12):
        mood = "they will be expelled for crossing the line" if n < 6 else "those who left can come back and be welcome"
        (folder / f"item-{n:02}.html").write_text(
            f"<html><head><title>Report {n}</title>"
            f'<meta property="article:published_time" content="2024-{n + 1:02}-05T08:00:00Z"></head><body><article>'
            f"<h1>Report {n}</h1><p>This is the report number {n} about the long dispute in the harbour of Kelda, where "
            f"cranes stand still and ships wait outside for the day when work begins again.</p>"
            f"<p>Harbour Union said that {mood}.</p><p>Port Authority announced that day {n} of the talks brought "
            f"nothing new for anyone who is waiting at the gates.</p></article></body></html>",
            encoding="utf-8",
        )
    (folder / "copy.html").write_text((folder / "item-03.html").read_text(), encoding="utf-8")
    return folder


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[[str], Desk]:
    """Makes desks with actors, outlets and topics."""
    made = []

    def make(name: str) -> Desk:
        folder = tmp_path / name
        Desk.create(folder).close()
        for file, text in (("actors", ACTORS), ("outlets", OUTLETS), ("topics", TOPICS)):
            (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
        made.append(Desk.open(folder))
        return made[-1]

    yield make
    for desk in made:
        desk.close()
