"""Small engines in place of the trained model: what is tested is the road and not the driver.

As a program, `python small_engines.py DESK [COMMITS]` runs the desk, kills itself (SIGKILL) at a commit, or prints how
many documents it attributed.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sqlalchemy import event

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


ENGINES = Engines(READER, Producer("attribute", "test"), LINKER, attribute, embed)


def main() -> None:
    with Desk.open(Path(sys.argv[1])) as desk:
        if len(sys.argv) > 2:
            left = [int(sys.argv[2])]

            def count(_connection: object) -> None:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(desk.store.engine, "commit", count)
        attributed = []

        def counted(document: Document) -> Analysis:
            attributed.append(document.sha256)
            return attribute(document)

        desk.run(engines=replace(ENGINES, attribute=counted))
        print(len(attributed))


if __name__ == "__main__":
    main()
