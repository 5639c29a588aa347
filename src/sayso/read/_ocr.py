"""Pictures and scanned pages, read by tesseract where it is installed (Debian: `tesseract-ocr`).

In comes a picture or an opened PDF; out come paragraphs, and a note that says that they are OCR and how sure it was. The
engine runs as a process of its own with limits on time and memory; nothing is written to disk.
"""

from __future__ import annotations

import csv
import io
import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import fmean, median
from typing import Any

from sayso.errors import Unreadable
from sayso.read._reading import Job, Reading, TextBuilder

INSTALL = "install tesseract (Debian: apt install tesseract-ocr) to read pictures and scans"
MAX_SCANNED_PAGES = 100
_DOTS_PER_INCH = 200
_MAX_PIXELS = 30_000_000
_SECONDS = 60.0
_MEMORY = 3_000_000_000  # address space, of which far less is ever touched
_OTHER_SIZE = 1.35  # how much taller a line's words are where it is a heading and no part of the paragraph


def _granted(seconds: float) -> None:
    """Nobody limits the time."""


asks_for_time: Callable[[float], None] = _granted
"""Called before each page with the seconds that it may take: whoever limits the time of reading puts itself here."""


@dataclass(slots=True)
class _Line:
    """A line as the engine found it: its paragraph, its words, their heights in pixels."""

    paragraph: tuple[str, str, str]
    words: list[str] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def read_image(job: Job) -> Reading:
    """A picture of text.

    Raises:
        Unreadable: no engine is installed, or it finds no text.
    """
    if engine() is None:
        raise Unreadable(f"a picture: {INSTALL}")
    paragraphs, confidence = recognize(job.data)
    if not paragraphs:
        raise Unreadable("a picture in which OCR finds no text")
    builder = TextBuilder()
    for paragraph in paragraphs:
        builder.add(paragraph)
    return Reading(builder.text, "ocr", notes=[_note(confidence, 1)])


def engine() -> str | None:
    """The path of tesseract, None where it is not installed."""
    return shutil.which("tesseract")


def read_pages(document: Any, notes: list[str]) -> list[str]:
    """The paragraphs of a scanned PDF, [] without an engine; what was done is added to `notes`."""
    if engine() is None:
        return []
    paragraphs: list[str] = []
    confidences: list[float] = []
    pages = min(len(document), MAX_SCANNED_PAGES)
    for number in range(pages):
        page = document[number]
        scale = _DOTS_PER_INCH / 72
        pixels = page.get_width() * page.get_height() * scale * scale
        if pixels > _MAX_PIXELS:
            scale *= (_MAX_PIXELS / pixels) ** 0.5
        bitmap = page.render(scale=scale, grayscale=True)
        rows = bytes(bitmap.buffer)
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        pixels_only = b"".join(rows[row * stride : row * stride + width] for row in range(height))
        found, confidence = recognize(b"P5 %d %d 255\n" % (width, height) + pixels_only)
        if found:
            paragraphs += found
            confidences.append(confidence)
        page.close()
    if paragraphs:
        notes.append(_note(fmean(confidences), pages))
        if pages < len(document):
            notes.append(f"OCR: only the first {pages} of {len(document)} pages")
    return paragraphs


def recognize(picture: bytes) -> tuple[list[str], float]:
    """(paragraphs, mean confidence of their words from 0 to 100) of a picture in any format tesseract reads."""
    command = [engine() or "tesseract", "stdin", "stdout", "-l", _languages(), "--psm", "3", "tsv"]
    asks_for_time(_SECONDS)
    try:
        done = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            preexec_fn=_limit,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"a picture on which OCR took longer than {_SECONDS} s") from None
    except OSError as error:
        raise Unreadable(f"OCR could not be started: {error.strerror}") from None
    if done.returncode:
        raise Unreadable("a picture that OCR cannot open: damaged, or of an unknown kind")
    return _paragraphs(done.stdout.decode("utf-8", "replace"))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]  # the reader's own soft limit is not the engine's
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


@lru_cache(maxsize=1)
def _languages() -> str:
    """All languages that are installed for the engine (Debian: tesseract-ocr-ara …), English first."""
    told = subprocess.run([engine() or "tesseract", "--list-langs"], capture_output=True, timeout=_SECONDS, check=False)
    names = [line.strip() for line in told.stdout.decode("utf-8", "replace").splitlines()[1:]]
    found = sorted(
        (name for name in names if re.fullmatch(r"\w+", name) and name != "osd"), key=lambda n: (n != "eng", n)
    )
    return "+".join(found) or "eng"


def _paragraphs(table: str) -> tuple[list[str], float]:
    lines: dict[tuple[str, str, str, str], _Line] = {}
    confidences = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row.get("text") or "").strip()
        try:
            confidence, height = float(row.get("conf") or -1), float(row.get("height") or 0)
        except ValueError:
            continue
        if word and confidence >= 0:
            place = (row["page_num"], row["block_num"], row["par_num"])
            line = lines.setdefault((*place, row["line_num"]), _Line(place))
            line.words.append(word)
            line.heights.append(height)
            confidences.append(confidence)
    return list(_joined(list(lines.values()))), fmean(confidences) if confidences else 0.0


def _joined(lines: list[_Line]) -> Iterator[str]:
    """Lines as paragraphs: a heading, told by the size of its letters, stands alone; split words are mended."""
    text, last = "", None
    for line in lines:
        if last is None or line.paragraph != last.paragraph or _differ(line, last):
            if text:
                yield text
            text = line.text
        elif text.endswith("-") and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text += f" {line.text}"
        last = line
    if text:
        yield text


def _differ(line: _Line, other: _Line) -> bool:
    """Whether two lines are set in different sizes. Words without tall letters look small: the tallest tell."""
    one, two = sorted((_size(line), _size(other)))
    return two > _OTHER_SIZE * max(one, 1.0)


def _size(line: _Line) -> float:
    tall = sorted(line.heights)[len(line.heights) // 2 :]
    return median(tall) if tall else 0.0


def _note(confidence: float, pages: int) -> str:
    return f"OCR by tesseract ({pages} page{'s' if pages > 1 else ''}), mean word confidence {confidence:.0f} of 100"
