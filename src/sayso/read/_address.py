"""One address for one page: what differs between links to the same item is taken out.

In comes an address as someone wrote or shared it, out comes the form under which items are compared. It is a key, not a
place to fetch from.
"""

from __future__ import annotations

import contextlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"(?:utm_.*|mtm_.*|pk_.*|piwik_.*|hsa_.*|_hs.*|__hs.*|mc_.*|at_(?:campaign|medium|custom\d|link_.*|format|ptr_name|bbc_team)"
    r"|ns_(?:campaign|mchannel|source|linkname|fee)|wt_mc|wt_zmc|xtor|xtref|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid"
    r"|yclid|twclid|ttclid|igshid|igsh|si|mkt_tok|vero_.*|oly_.*|_ga|_gl|ga_.*|cmpid|cmp|cid|icid|ito|ocid|ncid|sr_share"
    r"|share(?:d|_id|_from)?|smid|smtyp|smprod|partner|ref_?(?:src|url)?|referrer|rss|feed_?id|guccounter|guce_.*|spm"
    r"|trk(?:campaign|info)?|s_cid|sh|fb_(?:ref|source|action_.*)|action_(?:object|type|ref)_map|via|src|source|from|echobox"
    r"|dicbo|__twitter_impression|taid|amp(?:_js_v|_gsa|_kit)?|usqp|outputtype|mobile|m|nr_email_referer|soc_(?:src|trk)"
    r"|campaign(?:_?id)?|tblci|obOrigUrl|__source|linkid|linkcode|tag|traffic_source|cn-reloaded)",
    re.IGNORECASE,
)
# Names that are tracking on most sites and the item's own number on some: dropped only when other parts tell the item.
_DOUBTFUL = frozenset({"cid", "m", "from", "source", "src", "tag", "si", "sh", "via", "ref", "partner", "share", "cmp"})
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp|cfm|shtml)$", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def canonical_address(url: str) -> str:
    """The form of `url` that two links to one page share.

    http becomes https; host names are folded (case, `www.`, `m.`, `mobile.`, `amp.`, punycode, default port); tracking
    parameters and fragments go (a `#!` route stays), the rest are sorted; AMP and mobile variants, index pages and trailing
    slashes are undone; AMP caches give the address they hold. An address that is not http(s) comes back as it is.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host:
        return url
    if cached := _from_amp_cache(host, parts.path):
        return canonical_address(cached)
    host = _host(host)
    netloc = f"[{host}]" if ":" in host else host
    if port and port != _PORTS[scheme]:
        netloc += f":{port}"
    path = _path(parts.path)
    query = _query(parts.query, path)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit(("https", netloc, path, query, fragment))


def _from_amp_cache(host: str, path: str) -> str:
    """The page behind a Google or Bing AMP cache address, "" if it is none."""
    if host.endswith((".cdn.ampproject.org", ".bing-amp.com")) or (
        host in ("www.google.com", "google.com") and path.startswith("/amp/")
    ):
        match = re.match(r"/(?:amp|c|v|wp|a)/(?:(s)/)?([^/]+\.[^/]+.*)", path)
        if match:
            return f"http{match[1] or ''}://{match[2]}"
    return ""


def _host(host: str) -> str:
    host = host.lower()
    if not host.isascii():
        with contextlib.suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    shorter = re.sub(r"^(?:(?:www\d?|m|mobile|amp|touch|wap)\.)+(?=[^.]+\.)", "", host)
    shorter = re.sub(r"^([a-z]{2})\.m\.(?=[^.]+\.)", r"\1.", shorter)  # en.m.wikipedia.org
    return shorter or host


def _path(path: str) -> str:
    # One spelling of escapes: what needs none is written out, the rest in upper case.
    path = quote(unquote(path, errors="surrogateescape").encode("utf-8", "surrogateescape"), safe="/:@!$&'()*+,;=~-._")
    path = re.sub(r"/{2,}", "/", path)
    path = re.sub(r"/\./", "/", path)
    path = _INDEX.sub("/", path)
    path = re.sub(r"^/(?:amp|mobile)(?=/[^/]+)", "", path)
    path = re.sub(r"/amp/?$|/amp\.html?$|/\?amp$", "", path)
    path = re.sub(r"\.amp(\.html?)?$", r"\1", path)
    return path.rstrip("/") or "/"


def _query(query: str, path: str) -> str:
    if not query:
        return ""
    kept = []
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=None):
        bare_path = path == "/" or path.lower().endswith((".php", ".asp", ".aspx", ".cfm", ".jsp", ".cgi", ".do"))
        if _TRACKING.fullmatch(name) and not (name.lower() in _DOUBTFUL and bare_path):
            continue
        if name.lower() == "output" and value.lower() in ("amp", "1"):
            continue
        kept.append((name, value))
    return urlencode(sorted(kept), errors="surrogateescape")
