"""Noun phrases by their form: the head of one, its head noun, its description, the one that ends a stretch of words."""

from __future__ import annotations

import re

from sayso.link import _lexicon as lex
from sayso.link._text import WORD, plain
from sayso.records import SpeakerKind

_CUT = re.compile(
    r",(?!\d{3}(?!\d))|\s(?:today|yesterday|tonight)\b|\(|\[|;|\s-{1,2}\s|--|[–—]|\s(?:who|whom|which|(?<!of\s)that|whose|where)\b|:"
)
_POSTMODIFIER = re.compile(
    r"\s(?:of|in|for|from|at|on|with|to|by|about|against|behind|near|inside|among|within|like|including|between|"
    r"filed|released|conducted|published|issued|seen|obtained|called|named|based|led|close(?=\sto)|familiar|done|taken|made|"
    r"produced|posted|run|owned|backed|compiled|commissioned|written|signed|sent|across|under|over|during|after|before|"
    r"combed|(?!ranking|sitting|acting|leading|outgoing|incoming|presiding|managing)[^\W\d_]{3,}ing)(?:\s|\Z)|"
    r"\s(?:(?:last|this|next|earlier\sthis)\s(?:week|month|year|spring|summer|fall|autumn|winter)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|(?<!\band)\s(?:he|she|they|we|I)\s"
)
# "a commission appointed by", "a report published": a participle behind a noun that is known
_PARTICIPLE = re.compile(
    r"(?<![\w’'-])(?P<noun>[\w’'-]+)\s(?:[a-z]+ly\s)?(?:[a-z]{3,}ed|given|held|shown|told|known)"
    r"(?:\s[a-z]+ly)?(?:\Z|\s(?:the|by|in|on|at|from|to|through|for|of|with|last|this|"
    r"up|earlier|[A-Z]))"
)
# Party and place after a politician's name: no part of the phrase.
_PARTY = re.compile(r"\s?\([DRI][-–][^)]{1,12}\)|,\s[DRI]-[A-Z][\w.]{0,10}(?:,|(?=\s|$))")
# The words at the end of a stretch, from the last closing quotation mark on.
ENDING = re.compile(r"((?:\b[^\W_](?:[\w./-]|[’'](?=\w)|(?<=s)[’'])*\s+){0,6}[^\W_](?:[\w-]|[’'](?=\w))*)$")
AGE = re.compile(r"^\d{1,3}-year-old$")


def masked(words: str) -> str:
    """The same words, as long as before, with party and place after a name blanked."""
    return _PARTY.sub(lambda m: " " * len(m[0]), words)


def head_of(words: str) -> str:
    """A noun phrase up to the first comma, bracket, dash, adverb of time or relative clause after its beginning."""
    cut = _CUT.search(words, 2)
    return (words[: cut.start()] if cut else words).strip(" \t\n\"“”‘’'")


def head_end(core: str) -> int:
    """Where the head noun of a core ends: before the first preposition or participle that follows it."""
    end = len(core)
    for match in _POSTMODIFIER.finditer(core):
        before = core[: match.start()].split()
        if len(before) > 1 or (before and plain(before[0]) not in lex.DETERMINERS):
            end = match.start()
            break
    for match in _PARTICIPLE.finditer(core):
        if match.end("noun") > end:
            break
        if plain(match["noun"]) in _NOUNS:
            return match.end("noun")
    return end


def head_noun(words: str) -> str:
    """The head noun of a phrase, lower-case."""
    core = head_of(words)
    tokens = [plain(m[0]) for m in WORD.finditer(core[: head_end(core)])]
    return tokens[-1] if tokens else ""


def described(words: str) -> str:
    """A description without article, outer punctuation and the mark of an owner."""
    cleaned = re.sub(r"\s+", " ", words).strip(" ,.;:'’\"“”–—-")
    cleaned = re.sub(r"(?<=\w)\s(?:of|for|in|at|like)$", "", cleaned)  # of a source cut short
    cleaned = re.sub(r"(\b[^\W\d_A-Z][\w-]{0,60})[’']s$", r"\1", cleaned)  # of a name it may be a part: "McDonald’s"
    return re.sub(r"^(?:the|a|an)\s+(?=\S)", "", cleaned, flags=re.IGNORECASE)


_SEVERAL = lex.words("few couple number handful dozen majority minority host series")  # "a few participants"
_COUNT = r"(?:\d[\d.,]*|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
# "38% of likely voters", "nearly eight in ten", "a third of independents", "a growing majority of voters"
_SHARE = re.compile(
    r"(?:(?:about|around|nearly|almost|roughly|only|just|over|fully|at\sleast|up\sto|another|an\saverage\sof|"
    r"as\s(?:many|few)\sas|(?:more|less|fewer)\sthan)\s){0,2}(?:\d[\d.]*%|[\w.-]+\sper\s?cent\b|"
    rf"(?!one\sof\b){_COUNT}\s(?:in|of|out\sof)\s(?:every\s)?{_COUNT}|"
    r"(?:an?|one|two|three)[\s-](?:third|quarter|fifth|half)s?(?=\sof\b|\Z)|"
    r"half\sof\b|one\sor\smore\b|(?:an?|the)\s(?:[\w%,-]+\s){0,4}(?:majority|plurality|minority)(?:\sof\b|\Z)|"
    r"an?\s(?:[\w,-]+\s){0,2}(?:lot|bunch|number|chorus|handful)\sof\b)",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(?:not\s)?every(?:one|body)\b|no(?:body|\sone)\b", re.IGNORECASE)
_SOMEBODY = re.compile(r"(?:some|any)(?:one|body)\b|one\Z", re.IGNORECASE)
# "the candidate and her staff", "my husband and I"
_AND_ANOTHER = re.compile(r"\sand\s(?:I\Z|(?:the|an?|his|her|its|their|our|my|another|other|some|several|many)\s)")
_ALL_OF_THEM = lex.words("left right rich poor elderly homeless unemployed two three four")  # behind "the"
_COLLECTIVES = lex.words(
    "media press public generation population electorate family couple staff side leadership management community audience "
    "crowd"
)


def is_plural(core: str) -> bool:
    """Whether a phrase speaks of several."""
    tokens = core.split()
    first = plain(tokens[0]) if tokens else ""
    noun = head_noun(core)
    if first in ("a", "an") and len(tokens) > 2 and plain(tokens[1]) in _SEVERAL:
        return True
    if _SHARE.match(core) or _NOBODY.match(core) or _AND_ANOTHER.search(core, 0, head_end(core)):
        return True
    if first in ("a", "an", "one", "this", "that", "each", "every", "another"):
        return False
    return (
        (first.isdecimal() and first != "1" and len(tokens) > 1)
        or first in lex.PLURAL_DETERMINERS
        or noun in lex.GROUP_NOUNS
        or noun.endswith("people")
        or (noun.endswith("men") and noun.removesuffix("men") + "man" in lex.PERSON_NOUNS)
        or (first == "the" and (noun in _ALL_OF_THEM or (noun in lex.NATIONS and noun.endswith(("ese", "ish", "ch")))))
        or (noun.endswith("is") and noun.removesuffix("s") in lex.NATIONS)
        or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and noun not in lex.BODY_NOUNS)
    )


def is_person(noun: str) -> bool:
    """Whether a noun is one for a person: known as such, or of the form of one ("lasher", "tailor", "flautist")."""
    formed = len(noun) > 4 and noun.endswith(("er", "or", "ist", "ian", "man", "woman", "ee"))
    return noun in lex.PERSON_NOUNS or noun in lex.TITLES or noun in _PERSONS or (formed and noun not in _NO_PERSONS)


def is_indefinite(core: str) -> bool:
    """Whether a phrase may mean anybody: "someone in the audience"."""
    return bool(_SOMEBODY.match(core))


def kind_of(core: str, noun: str) -> SpeakerKind:
    """What sort of speaker a description without a name is, by its head noun."""
    if _SHARE.match(core):  # what is counted tells: "a number of polls"
        noun = head_noun(core.partition(" of ")[2])
    published = noun in lex.MEDIUM_OF or noun in lex.OUTLET_NOUNS or noun in _PUBLISHED
    if is_plural(core):
        return "publication" if published and noun not in lex.OUTLET_NOUNS else "group"
    if published:
        return "publication"
    if noun in lex.BODY_NOUNS or noun in _BODIES:
        return "group" if noun in ("group", "band") and " of " in core else "organization"
    if is_indefinite(core) or is_person(noun) or any(AGE.match(w.casefold()) for w in core.split()):
        return "unnamed"
    if core.casefold().removeprefix("only ").startswith(("one of ", "another of ", "a member of ")):
        return "unnamed"
    return "group" if noun in _COLLECTIVES else "none"


# what speaks by its wording
_PUBLISHED = lex.words(
    "platform platforms playbook card draft summary account message messages slide slides headline headlines spot language "
    "law laws legislation bill amendment constitution statute ordinance order guidelines average tally database results "
    "photo photos picture pictures quiz postings drama"
)
_BODIES = lex.words("museum non-profit nonprofit business camp newsroom gallery zoo parish")
_PERSONS = lex.words(
    "user friend individual colleague ally eyewitness informant participant respondent applicant neighbour neighbor intern"
)
_NOUNS = (
    lex.PERSON_NOUNS
    | lex.GROUP_NOUNS
    | lex.BODY_NOUNS
    | lex.OUTLET_NOUNS
    | lex.MEDIUM_OF.keys()
    | _PUBLISHED
    | _COLLECTIVES
)
_THINGS = lex.words(
    "number letter paper matter order answer offer power water winter summer computer center chapter poster banner "
    "error labor harbor floor tower river weather factor sector counter barrier border order folder header server "
    "monitor motor mirror corner finger shoulder whether never ever after under rather wonder murder disorder cover "
    "september october november december committee degree coffee guarantee manner character "
    "rumor rumour tumor tumour humor horror terror flavor color dinner laser printer scanner"
)
_NO_PERSONS = lex.MEDIUM_OF.keys() | lex.OUTLET_NOUNS | lex.BODY_NOUNS | _THINGS


def last_phrase(words: str) -> str:
    """The noun phrase at the end of some words: from the last determiner or preposition on; "" if there is none."""
    tokens = words.split()
    start = 0
    for i, token in enumerate(tokens):
        low = plain(token)
        if low in lex.DETERMINERS and i < len(tokens) - 1:
            start = i
        elif low in _BREAK or (i < len(tokens) - 1 and token.endswith((",", ";", ":", "—"))):
            start = i + 1
    phrase = " ".join(tokens[start:])
    return phrase if phrase and words.endswith(phrase) else ""


_BREAK = (lex.FUNCTION_WORDS - lex.DETERMINERS) | lex.words(
    "of in by to for with and from on at is are was were has have as but or into about against than "
    # verbs before those whom they are about: "it makes people angry"
    "make makes made ask asks asked tell tells told give gives gave let lets help helps get gets keep keeps want wants wanted "
    "urge urges urged see sees show shows hurt hurts insult insults despise despises hate hates love loves aggravate confront "
    "suggests include includes including represent represents encourage encourages remind reminds allow allows "
    "require requires support supports said says says"
)
