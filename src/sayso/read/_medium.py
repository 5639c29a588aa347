"""Which medium a page, file or post is: told from its metadata, its address and its title, never from its argument.

In come the types that a page declares and the words of its address and title; out comes one of `records.MEDIA`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TYPES = {
    "opinionnewsarticle": "editorial", "reportagenewsarticle": "article", "newsarticle": "article",
    "reviewnewsarticle": "article",
    "analysisnewsarticle": "article", "article": "article", "blogposting": "article", "liveblogposting": "article",
    "socialmediaposting": "social-post", "discussionforumposting": "social-post", "videoobject": "video",
    "movie": "video", "podcastepisode": "audio", "audioobject": "audio", "musicrecording": "song", "report": "report",
    "scholarlyarticle": "report", "book": "book", "speech": "speech", "speechitem": "speech", "interview": "interview",
    "legislation": "document", "governmentdocument": "document", "pressrelease": "statement", "tvepisode": "broadcast",
    "radioepisode": "broadcast", "broadcastevent": "broadcast",
    "video.movie": "video", "video.episode": "video", "video.other": "video", "video.tv_show": "broadcast", "video": "video",
    "music.song": "song",
}  # fmt: skip
_PLAIN = frozenset({"article", "newsarticle", "blogposting", "reportagenewsarticle"})

# Sections of an address, and headings or titles that name a genre.
_SECTIONS = (
    ("speech", r"speech(?:es)?|remarks|addresses|reden|discours|discursos"),
    ("testimony", r"testimon(?:y|ies)"),
    ("interview", r"interviews?"),
    ("press-conference", r"press-?conferences?|pressconf|briefings?|press-briefings?"),
    ("statement", r"statements?|press-?releases?|communiqu[eé]s?|media-?releases?|pressemitteilung(?:en)?|presse"),
    ("editorial", r"editorials?|leaders?|opinions?|commentisfree|op-?eds?|comment|columns?|columnists?|kommentare?|meinung"),
    ("report", r"reports?|research-reports?|working-?papers?|studies"),
    ("letter", r"letters?|letters-to-the-editor"),
    ("poll", r"polls?|polling|surveys?"),
    ("video", r"videos?|watch"),
    ("audio", r"podcasts?|audio|listen"),
    ("court-filing", r"court-?filings?|judgments?|rulings"),
)  # fmt: skip
_TITLES = (
    ("speech", r"(?:\w+:\s*)?(?:speech|remarks|address|opening remarks|keynote(?: address)?|lecture)\b"),
    ("testimony", r"(?:\w+:\s*)?testimony\b"),
    ("interview", r"(?:exclusive )?(?:interview\b|an interview with\b)|.{3,80}[:|–-]\s*(?:the )?interview\s*$"),
    ("press-conference", r"(?:transcript of )?.{0,60}\bpress (?:conference|briefing)\b"),
    ("statement", r"(?:joint |press |official |public )*(?:statement|press release|communiqu[eé]|declaration)\b"),
    ("editorial", r"(?:editorial|opinion|leader|comment|commentary|op-?ed|column)\s*[:|–-]"),
    ("editorial", r".{3,120}[|–-]\s*(?:editorial|opinion)\s*$"),
    ("letter", r"(?:open )?letter (?:to|from)\b"),
    ("video", r"(?:video|watch)\s*[:|–-]"),
    ("audio", r"(?:podcast|audio|listen)\s*[:|–-]"),
)  # fmt: skip
_NAMES = {
    "speech": "speech", "remarks": "speech", "statement": "statement", "communique": "statement", "editorial": "editorial",
    "interview": "interview", "testimony": "testimony", "podcast": "audio", "radio": "broadcast", "tv": "broadcast",
    "broadcast": "broadcast", "video": "video", "letter": "letter", "song": "song",
}  # fmt: skip
_SECTION_RULES = [(medium, re.compile(rf"(?:^|/)(?:{words})(?=/|$)", re.IGNORECASE)) for medium, words in _SECTIONS]
_TITLE_RULES = [(medium, re.compile(words, re.IGNORECASE)) for medium, words in _TITLES]


def medium_of(types: Iterable[str] = (), address: str = "", title: str = "", headings: Iterable[str] = ()) -> str:
    """One of `records.MEDIA`: the page's own declared types first, then its address, then its title and short headings.

    `types` are schema.org types, og:type and the like, most specific first. "article" where nothing says otherwise.
    """
    names = [re.split(r"[/#:]", name.strip())[-1].lower() for name in types]
    for name in names:
        if name in _TYPES and name not in _PLAIN:
            return _TYPES[name]
    folders = re.sub(r"^[a-z][a-z0-9+.-]*://[^/]*", "", address.split("?")[0], flags=re.IGNORECASE)
    folders = folders.rsplit("/", 1)[0] + "/" if "/" in folders else ""
    if re.match(r"https?://", address, re.IGNORECASE):
        for medium, rule in _SECTION_RULES:
            if rule.search(folders):
                return medium
    for text in (title, *headings):
        for medium, rule in _TITLE_RULES:
            if rule.match(" ".join(text.split())):
                return medium
    return "article"


def medium_in_name(stem: str) -> str:
    """The medium that a word of a file name tells ("2024-10-04-union-statement"), "" where none does."""
    words = re.split(r"[\W_\d]+", stem.lower())
    return next((_NAMES[word] for word in reversed(words) if word in _NAMES), "")
