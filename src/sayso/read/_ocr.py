"""Pictures and scanned pages, read by tesseract where it is installed (Debian: `tesseract-ocr`).

In comes a picture or an opened PDF; out come paragraphs, and a note that says that they are OCR and how sure it was. The
engine runs as a process of its own with limits on time and memory; nothing is written to disk.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import shutil
import subprocess
from statistics import fmean
from typing import Any

from sayso.errors import Unreadable
from sayso.read._reading import Job, Reading, TextBuilder

INSTALL = "install tesseract (Debian: apt install tesseract-ocr) to read pictures and scans"
MAX_SCANNED_PAGES = 100
_DOTS_PER_INCH = 200
_MAX_PIXELS = 30_000_000
_SECONDS = 60
_MEMORY = 2_000_000_000  # address space, of which far less is ever touched


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
    command = [engine() or "tesseract", "stdin", "stdout", "--psm", "3", "tsv"]
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


def _paragraphs(table: str) -> tuple[list[str], float]:
    words: dict[tuple[str, str, str], list[str]] = {}
    confidences = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row.get("text") or "").strip()
        try:
            confidence = float(row.get("conf") or -1)
        except ValueError:
            continue
        if word and confidence >= 0:
            words.setdefault((row["page_num"], row["block_num"], row["par_num"]), []).append(word)
            confidences.append(confidence)
    return [" ".join(paragraph) for paragraph in words.values()], fmean(confidences) if confidences else 0.0


def _note(confidence: float, pages: int) -> str:
    return f"OCR by tesseract ({pages} page{'s' if pages > 1 else ''}), mean word confidence {confidence:.0f} of 100"
