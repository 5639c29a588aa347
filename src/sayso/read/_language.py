"""Which language a text is in, said only where it is sure (py3langid: Lui & Baldwin 2012, its model as shipped).

In comes text, out comes an ISO 639-1 code or "". Short texts are judged among the few languages that their script and
the document's declaration leave, and below 25 letters not at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from typing import Any

_SURE = 0.95
_SURE_PASSAGE = 0.99
_USUAL_SHARE = 0.25  # related languages share less: Spanish text has a seventh of Portuguese's commonest words
_MAX_PASSAGES = 500
_PARAGRAPH = re.compile(r"\S(?:.*\S)?(?:\r?\n(?!\s*\n)[^\n]*\S)*")
_PASSAGE_SAMPLE = 240  # enough to be sure; the time goes with the length
_COMMON = frozenset(
    "en de fr es it pt nl sv da no fi pl cs ru uk tr ar fa he ur hi zh ja ko id ms vi th el hu ro bg sr hr so sw ku".split()  # noqa: SIM905
)
_VARIANTS = {"ary": "ar", "arz": "ar", "arb": "ar", "prs": "fa", "nb": "no"}
_QUOTED = re.compile(r"[“„«]([^“„«”»]{1,3000})[”“»]|\"[^\"]{1,3000}\"")
_LETTERS = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# English words that no other language writes often; a fifth to a third of any English text
_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        "the of and that with this which from have has had been was were would will their they there what when who his her "
        "she for are but not you your our about after said says than could should more into its it's it to by as be",
    )
)
# Rarer ones, and those that a paragraph of news has instead: with them one English paragraph in sixty is left to the model
_ENGLISH_TOO = _ENGLISH | frozenset(
    re.findall(
        r"\S+",
        "he him we us our my i'm i've don't didn't doesn't isn't wasn't won't can't couldn't wouldn't because before between "
        "through during against while where whose these those there some other many only just then how why does did being "
        "each every never off out up down back new year years week day days time people first former next until according "
        "told asked called made might both few such without within another monday tuesday wednesday thursday friday "
        "saturday sunday january february march june july october himself herself themselves itself",
    )
)
_ENGLISH_SHARE = 0.25
_ENGLISH_PASSAGE = (
    0.16  # within an English text; other languages' paragraphs have a tenth at most (Danish: for, have, to)
)
_OWN_SHARE = 1 / 3  # of a text that stands outside its quotations
_ENGLISH_WORDS = 12  # fewer are left to the model


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str, *, declared: str = "", passage: bool = False) -> str:
    """The language of `text`, "" where unsure.

    `declared` (a tag such as "de-AT") is what the item says of itself: it settles close cases, never overrules a sure
    finding. `passage` asks for more certainty, as for a paragraph that differs from its document.
    """
    letters = len(_LETTERS.findall(text[:4000]))
    hint = declared.partition("-")[0].partition("_")[0].lower()[:2]
    if letters < 25:
        return ""
    sample = _sample(text)
    if _plainly_english(sample) or _quotes_in_english(sample):
        return "en"
    ranked = _ranked(sample)
    if letters < 200:
        # The model knows a hundred languages; a short text is one of the common ones or nothing we can be sure of.
        ranked = [(language, p) for language, p in ranked if language in _COMMON or language == hint]
        total = sum(p for _, p in ranked)
        ranked = [(language, p / total) for language, p in ranked] if total > 0.5 else []
    if not ranked:
        return ""
    best, probability = max(ranked, key=lambda pair: pair[1])
    if math.isnan(probability):
        return ""
    if len(best) != 2:
        return ""  # a language without an ISO 639-1 code
    if best == hint and not passage:
        return best if probability >= 0.5 else ""
    sure = _SURE_PASSAGE if passage or letters < 100 else _SURE
    return best if probability >= sure else ""


def _quotes_in_english(sample: str) -> bool:
    """English that quotes another language; where hardly anything stands outside quotations, what is quoted is the text."""
    own = _QUOTED.sub(" ", sample)
    return _OWN_SHARE * len(sample) <= len(own) < len(sample) and _plainly_english(own)


def _plainly_english(sample: str, own: frozenset[str] = _ENGLISH, share: float = _ENGLISH_SHARE) -> bool:
    """So many of English's own words that the model (most of a second to load) need not be asked."""
    words = _WORDS.findall(sample.lower().replace("’", "'"))
    found = sum(word in own or word.endswith("'s") for word in words)
    return len(words) >= _ENGLISH_WORDS and found >= share * len(words)


def _ranked(sample: str) -> list[tuple[str, float]]:
    """(language, probability), spoken variants counted with the language they are written as."""
    probabilities: dict[str, float] = {}
    for language, probability in _identifier().rank(sample):
        language = _VARIANTS.get(language, language)
        probabilities[language] = probabilities.get(language, 0.0) + float(probability)
    return list(probabilities.items())


def foreign_passages(text: str, language: str) -> list[tuple[int, int, str]]:
    """(start, end, language) of the paragraphs of 80 letters or more that are surely in another language."""
    if not language:
        return []
    found: list[tuple[int, int, str]] = []
    confirmed = 0
    counts: Counter[str] = Counter()
    usual: set[str] = set()
    for match in _PARAGRAPH.finditer(text):
        paragraph = match[0][:_PASSAGE_SAMPLE]
        if len(_LETTERS.findall(paragraph)) < 80:
            continue
        if language == "en" and _plainly_english(paragraph, _ENGLISH_TOO, _ENGLISH_PASSAGE):
            continue
        words = paragraph.casefold().split()
        # The model costs milliseconds: a paragraph full of the document's own commonest words needs no asking.
        if usual and sum(word in usual for word in words) > _USUAL_SHARE * len(words):
            continue
        other = language_of(paragraph, passage=True)
        if other and other != language:
            found.append((match.start(), match.end(), other))
            if len(found) >= _MAX_PASSAGES:
                break
        elif other:
            counts.update(words)
            confirmed += 1
            usual = {word for word, _ in counts.most_common(25)} if confirmed >= 3 else set()
    return found


def _sample(text: str) -> str:
    """At most 4,500 characters: the beginning, the middle and the end of a long text."""
    if len(text) <= 4500:
        return text
    middle = len(text) // 2
    return text[:1500] + "\n" + text[middle : middle + 1500] + "\n" + text[-1500:]
