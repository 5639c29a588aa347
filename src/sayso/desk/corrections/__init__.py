"""Correcting statements, attributing by hand, transcribing what no machine can read, and what waits to be confirmed.

In: what people type or mark: places in a text, names, dates as far as they are known. Out: records in the store, each with
who, when, what was before and what after; all can be undone, none is ever replaced by a machine.
"""

from sayso.desk.corrections._statements import attribute, correct, reject, undo
from sayso.desk.corrections._transcripts import transcribe, transcribed
from sayso.desk.corrections._typed import Conflict, Typed, Wrong, pieces_of, typed_date
from sayso.desk.corrections._values import FIELDS, SPANS, version
from sayso.desk.corrections._waiting import confirm, decline, keep_by_hand, still_there

__all__ = [
    "FIELDS",
    "SPANS",
    "Conflict",
    "Typed",
    "Wrong",
    "attribute",
    "confirm",
    "correct",
    "decline",
    "keep_by_hand",
    "pieces_of",
    "reject",
    "still_there",
    "transcribe",
    "transcribed",
    "typed_date",
    "undo",
    "version",
]
