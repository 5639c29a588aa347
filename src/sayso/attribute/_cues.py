"""Words that report something inside somebody's words: how likely a cue is by the words in it alone.

The odds are counted on the annotated contents of the training texts (`train/calibrate.py`) and lie with the calibration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sayso.attribute._calibration import calibration
from sayso.encoder.tokens import tokenizer

_TELLING = -1.5  # log odds from which a word is looked at although the encoder hardly takes it for an anchor
_STOP = frozenset(
    (
        "to", "of", "about", "on", "for", "by", "in", "with", "at", "as", "from", "the", "a", "an", "is", "are", "was",
        "were", "be", "been", "have", "has", "had", "would", "will", "not", "no", "never", "also", "that", "it", "t", "s",
        "re", "ve",
    )
)  # fmt: skip
_IRREGULAR = {
    "said": "say", "told": "tell", "thought": "think", "wrote": "writ", "written": "writ", "spoke": "speak",
    "spoken": "speak", "felt": "feel", "saw": "see", "seen": "see", "knew": "know", "known": "know", "heard": "hear",
    "found": "find", "held": "hold", "made": "mak", "gave": "giv", "given": "giv", "sought": "seek", "chose": "choos",
}  # fmt: skip
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
_WORD = re.compile(r"[a-z]+")


def stem(word: str) -> str:
    """A word without its ending, roughly: what its forms as a verb and as a plural noun share."""
    word = word.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, other in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending) + other
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def cue_stems(cue: str) -> list[str]:
    """Stems of a cue's words that carry meaning; of all its words where none does."""
    words = _WORD.findall(cue.lower())
    return [stem(w) for w in words if w not in _STOP] or [stem(w) for w in words]


def cue_odds(cue: str, odds: Mapping[str, float], other: float) -> float:
    """Log odds that a word like the likeliest of a cue reports something inside a content; `other` for unknown ones."""
    return max((odds.get(s, other) for s in cue_stems(cue)), default=other)


@lru_cache(maxsize=1)
def telling() -> npt.NDArray[np.bool_]:
    """By token id, whether the token is a word that often reports."""
    often = {stem for stem, odds in calibration().cues.items() if odds >= _TELLING}
    beginnings = {stem[:3] for stem in often} | {
        word[:3] for word in _IRREGULAR
    }  # a stem keeps its word's first three letters
    vocabulary = tokenizer().get_vocab()
    out = np.zeros(max(vocabulary.values()) + 1, dtype=bool)
    likely = ((word, i) for word, i in vocabulary.items() if word[:3] in beginnings)
    out[[i for word, i in likely if word.isalpha() and word not in _STOP and stem(word) in often]] = True
    return out
