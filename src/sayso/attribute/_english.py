"""Whether a text whose language reading could not tell may be English: short ones mostly are, but not all.

The words are those that a line of news in another language hardly does without and that English does not have.
"""

from __future__ import annotations

import re
import unicodedata

_SAMPLE = 2000
_WORDS = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        "the of and that with this which from have has had was were will would their they there what when who his her she for "
        "are but not you your our about after said says than could should more it its to by as be is if or we i my he him us "
        "at into no an how why all been out up over",
    )
)
_OTHERS = frozenset(
    re.findall(
        r"\S+",
        "han sagde non ce che di il della per sono è più siamo nel alla não vamos nos del los las una por con está es que el y "
        "pero muy se le les des une est pas nous vous pour dans sur qui ne ont sont avec du au et cette "
        "wir nicht das der die und ist ein eine zu mit von auf für sich auch sind haben werden wird "
        "nie jest na się że do wij niet het een zijn van voor wordt geen "
        "vi inte och att det är som på för ikke og jeg er til av ei ja että ne smo nije nem és egy hogy bir ve değil için "
        "om os uma mais com ao tidak dan yang ini kami akan không là và của",
    )
)


def may_be_english(text: str) -> bool:
    """False where most letters are of another script, or more words are of other languages than of English."""
    words = _WORDS.findall(text[:_SAMPLE].lower())
    letters = "".join(words)
    latin = sum(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
    if 2 * latin < len(letters):
        return False
    return sum(w in _OTHERS for w in words) <= sum(w in _ENGLISH for w in words)
