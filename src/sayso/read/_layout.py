"""From pieces of lines with boxes to paragraphs in reading order (for PDF pages).

In come, for each page, `Fragment`s (points, y upwards); out come paragraphs as strings. Columns are told by a gutter: a
vertical strip near the middle that few lines cross. Lines that cross it part the page into bands, each read column by
column. What stands at the same place on several pages, but for its numbers, is a running header or footer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(slots=True)
class Fragment:
    """A piece of a line: text, box, baseline and font size in points."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    base: float
    size: float


@dataclass(slots=True)
class _Line:
    text: str
    x0: float
    x1: float
    base: float
    size: float
    column: int  # counts columns through the whole document: lines of one share their margins


_PAGE_NUMBER = re.compile(
    r"[-–—\s|]*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/|von|de)\s*\d{1,4})?[-–—\s|]*", re.I
)
# What a browser prints at the head and foot of each page: the moment of printing (no date of the piece), the address.
_PRINTED = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\.?)?|(?:https?|file)://\S+", re.I
)
_BULLET = re.compile(r"(?:[•▪◦‣·●○■□–—*-]|\(?(?:\d{1,2}|[a-z])[.)])\s")
_END = re.compile(r"[.!?:…]['\"”’)\]]*\d{0,3}$")
_WORD_END = re.compile(r"([^\W\d_]+)([-\xad‐])$")
_FEW = 3  # lines that tell nothing of the others
_WORD_START = re.compile(r"[^\W\d_]+")


def paragraphs(pages: Sequence[Sequence[Fragment]], sizes: Sequence[tuple[float, float]]) -> list[str]:
    """The document's paragraphs in reading order; `sizes` are (width, height) of the pages in points."""
    running = _running(pages, sizes)
    lines: list[_Line] = []
    column = 0
    for fragments, (width, height) in zip(pages, sizes, strict=True):
        kept = [f for f in fragments if not _is_running(f, height, running)]
        kept = [f for f in kept if not (_in_margin(f, height) and _is_furniture(f.text))]
        for group in _columns(kept, width):
            lines += _merge(group, column)
            column += 1
    return _join(lines)


def _key(fragment: Fragment) -> tuple[str, int]:
    """A header's words without its numbers, and about where it stands (left, middle, right pages alike)."""
    return re.sub(r"\d+", "#", " ".join(fragment.text.split())).casefold(), round(fragment.base / 6)


def _in_margin(fragment: Fragment, height: float) -> bool:
    return fragment.base > 0.88 * height or fragment.base < 0.1 * height


def _running(pages: Sequence[Sequence[Fragment]], sizes: Sequence[tuple[float, float]]) -> set[tuple[str, int]]:
    seen: Counter[tuple[str, int]] = Counter()
    for fragments, (_, height) in zip(pages, sizes, strict=True):
        seen.update({_key(f) for f in fragments if _in_margin(f, height)})
    # On left and right pages headers differ: a quarter of the pages, but never less than two.
    return {key for key, count in seen.items() if count >= max(2, 0.25 * len(pages)) and len(key[0]) < 200}


def _is_running(fragment: Fragment, height: float, running: set[tuple[str, int]]) -> bool:
    if not _in_margin(fragment, height):
        return False
    words, place = _key(fragment)
    return any((words, place + shift) in running for shift in (-1, 0, 1))


def _is_furniture(text: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text) or _PRINTED.fullmatch(text))


def _columns(fragments: list[Fragment], width: float) -> list[list[Fragment]]:
    """Groups of fragments in reading order: bands from top to bottom, in each the left column, then the right."""
    gutter = _gutter(fragments, width)
    if gutter is None:
        return [fragments] if fragments else []
    rows = sorted(fragments, key=lambda f: -f.base)
    groups: list[list[Fragment]] = []
    left: list[Fragment] = []
    right: list[Fragment] = []
    across: list[Fragment] = []

    def flush() -> None:
        groups.extend(g[:] for g in (left, right) if g)
        left.clear()
        right.clear()

    for fragment in rows:
        if fragment.x0 < gutter - 2 and fragment.x1 > gutter + 2:
            if left or right:
                flush()
            across.append(fragment)
            continue
        if across:
            groups.append(across[:])
            across.clear()
        (left if fragment.x1 <= gutter + 2 else right).append(fragment)
    if across:
        flush()
        groups.append(across[:])
    flush()
    return groups


def _gutter(fragments: list[Fragment], width: float) -> float | None:
    """x of the strip between two columns, None for a page of one."""
    if len(fragments) < 8 or width <= 0:
        return None
    body = [f for f in fragments if len(f.text) > 8]
    best: tuple[float, float] | None = None
    for step in range(35, 66):
        x = width * step / 100
        crossing = sum(f.x0 < x - 1 and f.x1 > x + 1 for f in body)
        left = [f for f in body if f.x1 <= x + 1]
        right = [f for f in body if f.x0 >= x - 1]
        if min(len(left), len(right)) < 4 or crossing > 0.34 * len(body):
            continue
        # Side by side: both columns must share most of their height, or it is a ragged page of one column.
        low, high = (
            max(min(f.base for f in left), min(f.base for f in right)),
            min(max(f.base for f in left), max(f.base for f in right)),
        )
        shared = sum(low - 2 <= f.base <= high + 2 for f in (*left, *right))
        if high <= low or shared < 0.5 * (len(left) + len(right)):
            continue
        # Columns of prose are wide; a table's second column or a list of prices is not.
        if median(f.x1 - f.x0 for f in right) < 0.2 * width or median(f.x1 - f.x0 for f in left) < 0.2 * width:
            continue
        clear = min([f.x0 for f in right if f.x0 > x] or [x]) - max([f.x1 for f in left if f.x1 < x] or [x])
        score = -crossing + min(clear, 40) / 100
        if best is None or score > best[0]:
            best = (score, x)
    return best[1] if best else None


def _merge(fragments: list[Fragment], column: int) -> list[_Line]:
    """Fragments on one baseline become one line, from left to right (or as they came, for right-to-left scripts)."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (-f.base, f.x0)):
        if rows and abs(rows[-1][0].base - fragment.base) < 0.45 * min(fragment.size, rows[-1][0].size) + 0.5:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    lines = []
    for row in rows:
        leftward = sum("\u0590" <= c <= "\u08ff" for f in row for c in f.text) > sum(
            "A" <= c <= "z" for f in row for c in f.text
        )
        row.sort(key=lambda f: f.x0, reverse=leftward)
        text = " ".join(f.text.strip() for f in row)
        biggest = max(row, key=lambda f: len(f.text))
        lines.append(_Line(text, min(f.x0 for f in row), max(f.x1 for f in row), row[0].base, biggest.size, column))
    return lines


def _join(lines: list[_Line]) -> list[str]:
    hyphenated = Counter(
        word.casefold() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", line.text)
    )
    whole = Counter(word.casefold() for line in lines for word in re.findall(r"[^\W\d_]{4,}", line.text))
    margins = _margins(lines)
    pitch = _pitch(lines, margins)
    style = _style(lines, margins, pitch)
    result: list[str] = []
    previous: _Line | None = None
    for line in lines:
        text = " ".join(line.text.split())
        if not text:
            continue
        if previous is None or _breaks(previous, line, margins, pitch, style):
            result.append(text)
        else:
            result[-1] = _glue(result[-1], text, hyphenated, whole)
        previous = line
    return [paragraph.replace("\xad", "") for paragraph in result if paragraph.strip("\xad ")]


def _margins(lines: list[_Line]) -> dict[int, tuple[float, float]]:
    """(left, right) margins of each column: where most of its lines begin, and the furthest they end."""
    groups: dict[int, list[_Line]] = {}
    for line in lines:
        groups.setdefault(line.column, []).append(line)
    margins = {}
    for column, group in groups.items():
        begins = Counter(round(line.x0) for line in group)
        ends = sorted(line.x1 for line in group)
        margins[column] = (float(begins.most_common(1)[0][0]), ends[-1 - len(ends) // 20])
    return margins


def _pitch(lines: list[_Line], margins: dict[int, tuple[float, float]]) -> float:
    """The usual distance of two lines' baselines within a paragraph.

    Taken below lines that reach the right margin: below a short one often lies the gap to the next paragraph, and where most
    paragraphs have but two lines such gaps are as many as the lines themselves.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if a.column == b.column and 2 < a.base - b.base < 60]
    full = [a.base - b.base for a, b in pairs if not _is_short(a, margins)]
    return median(full if len(full) >= _FEW else [a.base - b.base for a, b in pairs] or [14.0])


def _style(lines: list[_Line], margins: dict[int, tuple[float, float]], pitch: float) -> str:
    """How this document sets paragraphs apart: by a "gap", by an "indent", or by neither ("short" last lines alone)."""
    pairs = [(a, b) for a, b in pairwise(lines) if a.column == b.column and a.base > b.base]
    gaps = sum(a.base - b.base > 1.35 * pitch for a, b in pairs)
    indents = sum(_is_indented(b, margins) and not _is_indented(a, margins) for a, b in pairs)
    if max(gaps, indents) < max(2, 0.03 * len(pairs)):
        return "short"
    return "gap" if gaps >= indents else "indent"


def _is_indented(line: _Line, margins: dict[int, tuple[float, float]]) -> bool:
    left, right = margins[line.column]
    return 0.6 * line.size < line.x0 - left < 0.25 * max(right - left, 1.0)


def _is_short(line: _Line, margins: dict[int, tuple[float, float]]) -> bool:
    left, right = margins[line.column]
    return line.x1 < right - 0.15 * max(right - left, 1.0)


def _breaks(previous: _Line, line: _Line, margins: dict[int, tuple[float, float]], pitch: float, style: str) -> bool:
    """Whether a new paragraph begins with `line`."""
    ended = bool(_END.search(previous.text.rstrip()))
    short = _is_short(previous, margins)
    indented = _is_indented(line, margins)
    if abs(line.size - previous.size) > max(0.12 * max(line.size, previous.size), 0.9):
        return True
    if _BULLET.match(line.text):
        return True
    if line.column != previous.column:
        # Over a column or page a sentence that has not ended goes on.
        if style == "indent":
            return indented and (ended or short)
        return ended and short
    gap = previous.base - line.base
    if gap > 1.35 * pitch or gap < -0.5 * pitch:
        return True
    if indented and not _is_indented(previous, margins) and (ended or short):
        return True
    # Ragged lines may end a sentence anywhere: a short one tells only where nothing else does.
    return style == "short" and ended and short


def _glue(before: str, after: str, hyphenated: Counter[str], whole: Counter[str]) -> str:
    """Two lines of one paragraph as one, a word mended that the line end had split."""
    tail, head = _WORD_END.search(before), _WORD_START.match(after)
    if tail and head and (after[0].islower() or tail[2] == "\xad"):
        compound = f"{tail[1]}-{head[0]}".casefold()
        joined = f"{tail[1]}{head[0]}".casefold()
        keep = tail[2] != "\xad" and hyphenated[compound] > whole[joined]
        return before + after if keep else before[:-1] + after
    if tail and head:
        return before + after  # "Franco-" / "German": the hyphen is the word's own
    return f"{before} {after}"
