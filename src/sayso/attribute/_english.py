"""Whether a text whose language reading could not tell may be English: short ones mostly are, but not all.

Told by the script, and by small words that a line of news in another language hardly does without: such as English does not
have, and that are no names or parts of names (von, del, las). Of those that English may have by chance it takes two.
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
        "are but not you your our about after say says said than could should more it its to by as be is if or we i my he him "
        "us at in into no an how why all been out up over on two new first",
    )
)
_OTHERS = frozenset(
    re.findall(
        r"\S+",
        "che della sono più siamo nella andiamo não vamos está estamos que porque aquí muy nous vous dans sont avec cette "
        "wir nicht und eine auf für sich auch sind haben werden wird nie jest się niet het een voor wordt geen zijn inte och "
        "på ikke sagde bliver että minä nismo nije nisu ćemo egy hogy nem vagy değil için olacak tidak akan không của",
    )
)
_DOUBTFUL = frozenset(
    re.findall(r"\S+", "non ce ne nos uma por pero est pas ont leur ist ein dla att jeg vil til mais")
)


def may_be_english(text: str) -> bool:
    """False where most letters are of another script, or more of its small words are of other languages than of English."""
    words = _WORDS.findall(text[:_SAMPLE].lower())
    letters = "".join(words)
    latin = sum(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
    if 2 * latin < len(letters):
        return False
    others, doubtful = (sum(w in known for w in words) for known in (_OTHERS, _DOUBTFUL))
    return 2 * others + doubtful < 2 or others + doubtful <= sum(w in _ENGLISH for w in words)
