"""Transcripts with time codes: SRT and WebVTT by pysubs2, TTML by its own few rules.

In come captions; out comes running text, one paragraph a turn, and a `Segment` for each caption: its span in the text, its
seconds in the recording, its speaker where the file names one (`<v Name>`, "NAME:", ">> NAME:", ttm:agent). A label stays
in the text at the start of its turn, so that a reader sees who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pysubs2
from lxml import etree

from sayso.errors import Unreadable
from sayso.read._dates import DateRefused, parse_date
from sayso.read._decode import decode
from sayso.read._plain import charset_of
from sayso.read._reading import Job, Reading, TextBuilder
from sayso.records import Segment

_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^<>\n]{1,80})>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,100}>|<\d\d:\d\d[\d:.]*>")
_LABEL = re.compile(
    r"^(?:>>+\s*|[-–—]\s*)?(?P<name>(?:[A-ZÀ-ÖØ-ÞА-Я][\w.'’-]*|\([^()]{1,30}\)|of|the|de|van|von|bin|al|el)"
    r"(?:\s(?:[A-ZÀ-ÖØ-ÞА-Я(][\w.'’()-]*|of|the|and|for|de|van|von|bin|al|el)){0,5}|Speaker \d+|[A-Z][A-Z .'-]{1,50}):\s+(?=\S)"
)
_CHANGE = re.compile(r"^(?:>>+|&gt;&gt;)\s*")
_SOUND = re.compile(r"[\[(♪][^\])♪]{0,80}[\])♪]")
_STYLING = re.compile(r"\{\\[^{}\n]{0,200}\}")  # of SubStation, left behind in SRT: {\an8}
_PAUSE_S = 3.0
_LONG_TURN = 600
_MAX_CAPTIONS = 50_000


@dataclass(slots=True)
class _Caption:
    begin_s: float
    end_s: float
    text: str
    speaker: str = ""
    turn: bool = False  # a new speaker begins, named or not


def read_srt(job: Job) -> Reading:
    """A SubRip file."""
    return _read_subtitles(job, "srt")


def read_vtt(job: Job) -> Reading:
    """A WebVTT file; `<v Name>` gives the speaker."""
    return _read_subtitles(job, "vtt")


def read_ttml(job: Job) -> Reading:
    """A TTML file; `ttm:agent` gives the speaker."""
    text, notes = decode(job.data, declared=charset_of(job.media_type), markup=True)
    captions = list(_ttml_captions(text))
    return _reading(captions, "ttml", notes)


def _read_subtitles(job: Job, form: str) -> Reading:
    text, notes = decode(job.data, declared=charset_of(job.media_type))
    if "-->" not in text:
        raise Unreadable(f"no captions with time codes in this {form.upper()} file")
    if text.count("-->") > _MAX_CAPTIONS:
        raise Unreadable(f"more than {_MAX_CAPTIONS:,} captions: no transcript of one recording")
    text = _mended(text.replace("\r\n", "\n").replace("\r", "\n"))
    # pysubs2 drops voice tags: a mark that it passes on keeps the name. Braces would be read as styling commands.
    text = _VOICE.sub(lambda m: f"\ue000{m[1].strip()}\ue001", text.replace("\ue000", "").replace("\ue001", ""))
    text = text.replace("{", "\ue002").replace("}", "\ue003")
    try:
        events = pysubs2.SSAFile.from_string(text, format_=form)
    except Exception as error:  # a format library's own errors are many
        raise Unreadable(f"damaged {form.upper()} file: {' '.join(str(error).split())[:80]}") from None
    captions = []
    for event in events:
        for line in _turns(event.plaintext.replace("\ue002", "{").replace("\ue003", "}")):
            captions.append(_caption(event.start / 1000, event.end / 1000, line))
    captions.sort(key=lambda caption: caption.begin_s)  # some tools write them in another order
    reading = _reading([c for c in captions if c.text], form, notes)
    if form == "vtt":
        _date_in_head(reading, text[: text.index("-->")][:2000], job)
    return reading


def _mended(text: str) -> str:
    """What captioning tools get wrong, put right: loose time codes, a blank first line, styling commands of other formats."""
    last = "00:00:00.000"

    def times(found: re.Match[str]) -> str:
        nonlocal last
        begin = _clock(found[1]) or last
        last = _clock(found[2]) or begin
        return f"{begin} --> {last}{found[3]}"

    text = re.sub(r"<\d\d:[\d:.]{1,12}>", "", _STYLING.sub("", text))  # times of single words, as YouTube writes them
    text = re.sub(r"^[ \t]*(\S+)[ \t]*-->[ \t]*(\S+)([^\n]*)", times, text, flags=re.MULTILINE)
    return re.sub(r"(-->[^\n]*\n)(?:[ \t]+\n)+", r"\1", text)


def _clock(time: str) -> str:
    """A time code as WebVTT writes it; "" for what is none."""
    found = re.fullmatch(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,3})(?:[.,:](\d{1,9}))?", time)
    if not found:
        return ""
    minutes, seconds = int(found[2]), int(found[3])
    hours, minutes = int(found[1] or 0) + (minutes + seconds // 60) // 60, (minutes + seconds // 60) % 60
    return f"{min(hours, 99):02}:{minutes:02}:{seconds % 60:02}.{(found[4] or '0')[:3]:0<3}"


def _date_in_head(reading: Reading, head: str, job: Job) -> None:
    """The date that the head of a WebVTT file gives, where captioners note programme and day."""
    try:
        reading.published = parse_date(re.sub(r"[^\n]*$", "", head), "metadata", job.today)
    except DateRefused as refusal:
        reading.notes.append(f"published date refused (head of the file): {refusal}")
    if reading.published is not None:
        reading.notes.append(f"published: {reading.published.value}, from the head of the file")


def _turns(text: str) -> Iterator[str]:
    """The parts of one caption that different people say: a voice tag, or a dash at the start of each of its lines."""
    pieces = re.split(r"(?=\ue000)", text)
    for piece in pieces:
        lines = piece.split("\n")
        if len(lines) > 1 and all(re.match(r"\s*(?:[-–—]\s?\S|>>)", line) for line in lines):
            yield from (re.sub(r"^\s*[-–—]\s?", ">> ", line) for line in lines)
        else:
            yield piece


def _caption(begin_s: float, end_s: float, text: str) -> _Caption:
    speaker = ""
    turn = False
    if voice := re.match(r"\s*\ue000([^\ue001]*)\ue001", text):
        speaker, turn = voice[1], True
        text = text[voice.end() :]
    text = re.sub(r"\ue000[^\ue001]*\ue001", "", text)
    text = " ".join(
        _TAG.sub("", text)
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .split()
    )
    if not speaker and (label := _LABEL.match(text)):
        speaker, turn = label["name"].strip(), True
        text = text[label.end() :]
    elif change := _CHANGE.match(text):
        turn = True
        text = text[change.end() :]
    if not _SOUND.sub("", text).strip():
        text = ""
    return _Caption(max(begin_s, 0.0), max(end_s, begin_s, 0.0), text.strip(), speaker, turn)


def _reading(captions: list[_Caption], form: str, notes: list[str]) -> Reading:
    if not captions:
        raise Unreadable(f"no captions with text in this {form.upper()} file")
    builder = TextBuilder()
    segments: list[Segment] = []
    speaker = ""
    turn_length = 0
    previous: _Caption | None = None
    for caption in _without_rolling(captions):
        ended = previous is not None and previous.text.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
        pause = caption.begin_s - previous.end_s if previous else 0.0
        named = bool(caption.speaker) and caption.speaker != speaker
        fresh = previous is None or named or (caption.turn and not caption.speaker)
        fresh = fresh or (ended and (pause >= _PAUSE_S or turn_length >= _LONG_TURN))
        if caption.speaker:
            speaker = caption.speaker
        elif caption.turn:
            speaker = ""
        separator = "\n\n" if fresh else " "
        if named:
            builder.add(f"{caption.speaker}:", separator)
            separator = " "
        start, end = builder.add(caption.text, separator)
        turn_length = end - start if fresh else turn_length + end - start
        segments.append(Segment(start, end, caption.begin_s, caption.end_s, speaker))
        previous = caption
    reading = Reading(builder.text, form, notes=notes, segments=segments, medium="video")
    return reading


def _without_rolling(captions: list[_Caption]) -> Iterator[_Caption]:
    """Captions without what roll-up captioning repeats: each shows the last line of the one before again."""
    previous = ""
    for caption in captions:
        text = caption.text
        if previous and not caption.turn and len(previous) >= 12:
            if text == previous:
                continue
            if text.startswith(previous + " "):
                caption.text = text[len(previous) + 1 :]
        previous = text if caption.text == text else caption.text
        yield caption


def _ttml_captions(text: str) -> Iterator[_Caption]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8"), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise Unreadable("damaged TTML file: no XML")
    rates = {name: _number(_attribute(root, name)) for name in ("frameRate", "tickRate")}
    agents = {}
    for agent in root.iter("{*}agent"):
        name = " ".join("".join(n.itertext()) for n in agent.iter("{*}name"))
        agents[_attribute(agent, "id")] = " ".join(name.split())
    for number, paragraph in enumerate(root.iter("{*}p")):
        if number > _MAX_CAPTIONS:
            raise Unreadable(f"more than {_MAX_CAPTIONS:,} captions: no transcript of one recording")
        timed = (
            paragraph
            if _attribute(paragraph, "begin")
            else next((s for s in paragraph.iter("{*}span") if _attribute(s, "begin")), None)
        )
        if timed is None:
            continue
        begin = _seconds(_attribute(timed, "begin"), rates)
        end = _seconds(_attribute(timed, "end"), rates) or begin + _seconds(_attribute(timed, "dur"), rates)
        for line_break in paragraph.iter("{*}br"):
            line_break.tail = "\n" + (line_break.tail or "")
        caption = _caption(begin, end, "".join(paragraph.itertext()))
        who = _attribute(paragraph, "agent") or _attribute(timed, "agent")
        if who and not caption.speaker:
            caption.speaker, caption.turn = agents.get(who) or who, True
        if caption.text:
            yield caption


def _attribute(element: Any, name: str) -> str:
    """An attribute by its local name, whatever namespace the file puts it in."""
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _seconds(time: str, rates: dict[str, float]) -> float:
    """A TTML time expression in seconds (clock time, frames, or an offset with its unit); 0 where it is none."""
    if match := re.fullmatch(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)(?::(\d{1,3}))?", time):
        frames = int(match[4] or 0) / (rates["frameRate"] or 30.0)
        return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3]) + frames
    if match := re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(h|ms|m|s|f|t)", time):
        units = {
            "h": 3600.0,
            "m": 60.0,
            "s": 1.0,
            "ms": 0.001,
            "f": 1 / (rates["frameRate"] or 30.0),
            "t": 1 / (rates["tickRate"] or 1.0),
        }
        return float(match[1]) * units[match[2]]
    return 0.0
