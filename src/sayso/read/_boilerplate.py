"""Lines that belong to the page and not to the piece: comment rules, share bars, sign-ups, credits, related links.

In comes a text, out come the spans of such lines (`boilerplate_spans`), or the verdict on one paragraph
(`is_boilerplate`). Rules look at whole lines or short paragraphs only, so that a sentence of the piece that speaks *about*
comments or newsletters is never touched; those that could be a headline count only at the head or tail of the text.
"""

# ruff: noqa: E501 (a rule is easier to read, and to test, on one line)

from __future__ import annotations

import re
from functools import lru_cache

_NETWORK = r"facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|tumblr|instagram|youtube|threads|bluesky|mastodon|e-?mail|print|sms|messenger|flipboard|copy link|link copied|pocket|line|vk|viber|gab|parler|rss|google\+?|flattr|xing|bookmark|save|more|post|tweet|pin|like|share|comments?|gift(?: article)?"
_THIS = r"(?:the |this |our |an? )?(?:article|story|page|post|piece|item|report|video|content|link|news|entry)"
_LETTER = r"(?:newsletters?|e-?mail alerts?|(?:news|daily|weekly|breaking|free)(?: news)? (?:alerts?|briefings?|digests?|updates?)|bulletins?|mailing list|inbox)"
_RULEBOOK = r"(?:guidelines?|rules|polic(?:y|ies)|standards|terms(?: (?:of|and) \w+)*|code of conduct|etiquette|netiquette|moderation)"

# Anywhere in the text, matched against the whole line or paragraph, at most 300 characters long.
_ANYWHERE = [
    # comment rules
    rf"(?:(?:note|reminder|notice|important|please note)\s*[:–—-]\s*)?(?:please\s+)?(?:read|see|review|check|consult|follow|observe|respect|abide by|view|click (?:here )?(?:for|to read))\b.{{0,60}}\b(?:comment\w*|discussion|community|forum|posting|house|moderation|participation)\b.{{0,30}}\b{_RULEBOOK}\b.{{0,80}}",
    rf"(?:(?:note|reminder)\s*[:–—-]\s*)?(?:please\s+)?(?:read|see|review|follow|respect)\s+(?:our|the)\s+{_RULEBOOK}\b.{{0,60}}\b(?:comment|post|discuss|participat)\w*.{{0,40}}",
    rf"(?:our|the)?\s*(?:comment(?:ing|s)?|discussion|community|house) {_RULEBOOK}\.?",
    rf"(?:by (?:commenting|posting|submitting)|comments? (?:are|is|will be|must|should|may be|that))\b.{{0,120}}\b(?:{_RULEBOOK}|moderat\w+|closed|removed|deleted|reviewed|published|approved|disabled|subject to)\b.{{0,120}}",
    r"(?:\(?\d{1,6}\)?\s+)?(?:comments?|replies|responses)\s*(?:\(\d{1,6}\)|:\s*\d{1,6}|are closed|off|\d{1,6})?\.?",
    r"(?:leave|post|add|write|submit|view|show|load|hide|see|read|join) (?:a |an |your |all |more |the )*(?:\d+ )?(?:comments?|repl(?:y|ies)|conversation|discussion)(?: (?:below|here|now|policy))?(?: \(\d+\))?[.!:]?",
    r"(?:what do you think|have your say|do you agree)\??.{0,20}\b(?:let us know|tell us|comments?)\b.{0,60}",
    r"(?:you must|please|sign in|log ?in|register)\b.{0,40}\b(?:sign(?:ed)? in|log(?:ged)? ?in|register(?:ed)?|subscriber)\b.{0,40}\b(?:comment|reply|post|read|continue|join)\b.{0,40}",
    # share bars
    rf"(?:(?:share|follow|like|tweet|e-?mail|print|save|recommend|bookmark)(?: {_THIS}| us| this| it)?(?:\s*(?:on|via|with|by|to|:|,|\||·|•|/|-|–|and|or|using)\s*|\s+))*(?:(?:{_NETWORK})(?:\s*[|·•,/&:–-]\s*|\s+and\s+|\s+)?){{2,20}}(?:friends)?[.!]?",
    rf"(?:share|tweet|e-?mail|print|save|recommend|bookmark|like) (?:{_THIS}|this|us)(?: (?:on|via|with|by|to) .{{1,60}})?[.!:]?",
    r"(?:share|follow|like|join|find|connect with) us\b.{0,80}",
    r"follow (?:@?\w+ ){1,4}on (?:facebook|twitter|x|instagram|telegram|youtube|linkedin|whatsapp|threads|bluesky|mastodon).{0,60}",
    r"(?:share|teilen|partager|compartir|condividi|delen|поделиться)\s*[:.]?",
    # newsletters, subscriptions, apps
    rf"(?:sign up|subscribe|register|join|get|receive|want|don['’]t miss|stay (?:informed|up to date|tuned|ahead)|never miss|like what you)\b.{{0,120}}\b{_LETTER}\b.{{0,120}}",
    r"(?:sign up|subscribe)(?: (?:now|here|today|free|for free|to (?:our|the) .{1,60}|for (?:our|the) .{1,60}))*[.!:]?",
    r"(?:enter|type) your e-?mail(?: address)?.{0,80}",
    r"(?:download|get|install) (?:our|the) .{0,40}\bapp\b.{0,80}",
    r"(?:support|donate to|become a (?:member|subscriber|patron|supporter))\b.{0,60}\b(?:journalism|newsroom|reporting|site|today|now|here)\b.{0,40}",
    r"(?:this (?:article|content|story) is (?:for|available to|only available to) (?:subscribers|members)).{0,80}",
    # copyright
    r"(?:©|\(c\)|copyright\b)[\s©:(c)]*(?:\d{4}|by\b|the\b|all\b|protected).{0,200}",
    r".{0,120}(?:©|\(c\)|copyright)\s*\d{4}(?:\s*[-–]\s*\d{4})?.{0,120}",
    r"(?:.{0,100}[.,;|]\s*)?all rights reserved\b.{0,160}",
    r"(?:this (?:material|article|content|story)|no part of this)\b.{0,60}\b(?:may not be|cannot be|is protected)\b.{0,160}",
    r"(?:reprinted|republished|reproduced|distributed|used) (?:here )?(?:with|by|under) (?:the )?(?:kind )?(?:permission|licen[cs]e)\b.{0,120}",
    # related links
    r"(?:related(?: (?:stories|story|articles?|content|coverage|topics?|links?|news|posts?|reading|videos?|items?))?|see also|also (?:read|see|on .{2,40})|read (?:more|next|also|on)|recommended(?: for you| reading| stories)?|more (?:from|on|about|in) .{1,60}|more (?:stories|news|headlines|articles|coverage)|you (?:may|might) (?:also )?(?:like|be interested in)|most (?:read|popular|viewed|shared)|trending(?: now)?|latest (?:news|stories|headlines)|top stories|don['’]t miss|editors?['’]? picks?|further reading|in case you missed it|previous(?: (?:article|story|post))?|next(?: (?:article|story|post))?|up next)\s*:?",
    r"(?:related|read more|see also|also read|read also|read next|recommended|more|previous|next|watch|don['’]t miss)\s*(?::|»|>>?|→)\s*\S.{0,180}",
    r"lesen sie auch\b.{0,180}|mehr zum thema\b.{0,80}|lire aussi\b.{0,180}|à lire aussi\b.{0,180}|lea también\b.{0,180}|leggi anche\b.{0,180}|читайте также\b.{0,180}|اقرأ أيضا.{0,180}",
    # credits
    r"(?:photos?|images?|pictures?|photographs?|photography|graphics?|video|illustration|file (?:photo|image)|pic|featured image|cover (?:photo|image))(?: (?:credits?|by|courtesy(?: of)?|via|from|source))?\s*[:/|©]\s*\S.{0,160}",
    r"[(\[](?:photos?|images?|pictures?|photographs?|file photo|illustration|screenshot|ap photo|afp photo)\b[^()\[\]]{0,160}[)\]]\.?",
    r"(?:[\w.'’-]+\s){0,4}?[\w.'’-]+\s*(?:/|\||via|—|–)\s*(?:getty(?: images)?|reuters|afp|ap|associated press|shutterstock|istock|epa|alamy|bloomberg)(?:\s*(?:/|via)\s*[\w ]{2,40})?",
    r"\(?(?:additional |further )?(?:reporting|writing|compiled|edited|editing|translation|produced|contribut(?:ed|ions?|ing))\b(?: (?:and|&) \w+ing)? (?:by|from)\b[^.!?]{2,160}(?:;[^.!?]{0,160})?\.?\)?",
    r"(?:.{2,80} )?contributed (?:reporting|to this (?:report|article|story))\.?(?: from .{2,60})?",
    # page furniture
    r"(?:skip|jump) to (?:main |the )?(?:content|navigation|main|search).{0,20}",
    r"(?:(?:back|return|go|scroll) to (?:the )?|^)top(?: of (?:the )?page)?\.?",
    r"(?:advertis(?:e)?ment|sponsored(?: content)?|promoted|ad|anzeige|werbung|publicité|publicidad|реклама)\s*\.?",
    r"(?:story|article|text) continues (?:below|after)\b.{0,60}|(?:scroll|continue) (?:down )?(?:to|for) (?:continue|read|more)\b.{0,60}|continue reading\b.{0,60}",
    r"(?:print|printer)[- ](?:friendly|this)(?: (?:version|page|article))?|print version|text size.{0,30}|listen to this .{0,40}",
    r"(?:this (?:web)?site uses|we use|we and our partners use)\b.{0,40}\bcookies\b.{0,160}|(?:accept|manage|reject)(?: all)? cookies|cookie (?:policy|settings)",
    r"(?:privacy(?: policy)?|terms(?: (?:of|and|&) (?:use|service|conditions))?|contact(?: us)?|about(?: us)?|imprint|impressum|site ?map|accessibility|advertise|help|faq|jobs|careers)(?:\s*[|·•/–-]\s*(?:privacy(?: policy)?|terms(?: (?:of|and|&) (?:use|service|conditions))?|contact(?: us)?|about(?: us)?|imprint|impressum|site ?map|accessibility|advertise|help|faq|jobs|careers))+",
    r"(?:tags?|tagged(?: (?:with|in))?|filed under|categor(?:y|ies)|topics?|keywords|labels?|posted in|schlagworte)\s*:\s*\S.{0,200}",
    r"(?:page|seite|página)\s+\d{1,4}(?:\s*(?:of|/|von|de)\s*\d{1,4})?",
    r"\d{1,3} (?:min(?:ute)?s?|mins?)\.? read|(?:estimated )?reading time\s*:?.{0,30}|\d[\d.,]*[km]? (?:views|shares|likes|reads|retweets)(?:[\s|·•,]+\d[\d.,]*[km]? (?:views|shares|likes|comments|reads|retweets))*",
    r"(?:contact (?:the )?(?:author|reporter|editor|writer)|send (?:us )?(?:your )?(?:tips|feedback|corrections))\b.{0,120}|(?:report|spotted) (?:an? )?(?:error|typo|mistake|correction)s?\b.{0,80}",
]  # fmt: skip

# Only among the first lines, or the last: they look like a headline or a heading of the piece.
_AT_THE_EDGE = [
    r"[\w&'’./ -]{1,40}\s\(\d{1,5}\)",  # a category and how many pieces it has
    r"(?:home|start|startseite|accueil|inicio)(?:\s*(?:>|»|/|›|\||→)\s*[\w&'’ -]{1,40}){1,6}",
    r"(?:[\w&'’ -]{1,30}\s*(?:>|»|›|→)\s*){1,6}[\w&'’ -]{1,60}",
    r"(?:home|menu|search|login|log ?in|sign in|register|subscribe|sections|navigation|close|share|save|print|listen)",
    r"(?:19|20)\d\d (?:speeches|statements|news|archives?|press releases|articles|testimony)",
    r"(?:exclusive|breaking(?: news)?|opinion|news|world|politics|live|updated)",
]

_FLAGS = re.IGNORECASE
_ANY = [re.compile(rule, _FLAGS) for rule in _ANYWHERE]
_EDGE = [re.compile(rule, _FLAGS) for rule in _AT_THE_EDGE]
_LISTING = re.compile(
    r"(?:related|more|most|top|latest|trending|recommended|editors?|you (?:may|might)|further reading|read (?:next|more))\b.{0,60}",
    _FLAGS,
)
_ORNAMENT = re.compile(r"^[\s>»›•·*|#\[\](){}=_~–—-]+|[\s»›•·*|#=_~–—-]+$")
_LONGEST = 300
_EDGE_LINES = 4
_MAX_LINES = 200_000


def is_boilerplate(paragraph: str, *, edge: bool = False) -> bool:
    """Whether a whole line or paragraph is page furniture. `edge`: it stands among the first or last of its text."""
    if not paragraph or len(paragraph) > 2 * _LONGEST:
        return False
    line = _ORNAMENT.sub("", " ".join(paragraph.split()))
    if paragraph.lstrip().startswith(("(", "[")):
        line = " ".join(paragraph.split())
    if not line or len(line) > _LONGEST:
        return False
    return _judge(line, edge)


@lru_cache(maxsize=4096)
def _judge(line: str, edge: bool) -> bool:
    return any(rule.fullmatch(line) for rule in _ANY) or (edge and any(rule.fullmatch(line) for rule in _EDGE))


def boilerplate_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of page furniture in a plain text, without surrounding white space, in order, none overlapping.

    A short paragraph is judged as a whole, then line by line. After a heading such as "Related stories" near the end,
    the headlines that follow it go with it.
    """
    lines = [m.span() for m in re.finditer(r"[^\s](?:[^\r\n]*[^\s])?", text)]
    if len(lines) > _MAX_LINES:
        lines = lines[:1000] + lines[-1000:]  # a table or a log: furniture stands at its ends
    marked = [False] * len(lines)
    for first, last in _paragraphs(text, lines):
        if 1 < last - first <= 4 and is_boilerplate(text[lines[first][0] : lines[last - 1][1]]):
            marked[first:last] = [True] * (last - first)
    for number, (start, end) in enumerate(lines):
        edge = number < _EDGE_LINES or number >= len(lines) - _EDGE_LINES
        # One line alone is its text, whatever it looks like.
        marked[number] = marked[number] or (len(lines) > 1 and is_boilerplate(text[start:end], edge=edge))
    _mark_listings(text, lines, marked)
    return [line for line, mark in zip(lines, marked, strict=True) if mark]


def _mark_listings(text: str, lines: list[tuple[int, int]], marked: list[bool]) -> None:
    """Headlines below a marked "Related stories" in the last third: short lines that end in no full stop."""
    for number in range(len(lines) * 2 // 3, len(lines)):
        start, end = lines[number]
        if marked[number] and _LISTING.fullmatch(text[start:end].strip(" :")) and end - start < 60:
            for later in range(number + 1, min(number + 12, len(lines))):
                headline = text[slice(*lines[later])]
                if len(headline) > 140 or headline.endswith((".", "!", "”", '"', ":", ";", ",")):
                    break
                marked[later] = True


def _paragraphs(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Index ranges of `lines` that no blank line parts."""
    groups: list[tuple[int, int]] = []
    first = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or text.count("\n", lines[number - 1][1], lines[number][0]) > 1:
            groups.append((first, number))
            first = number
    return groups
