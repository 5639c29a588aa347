"""Addresses: the form in which one is fetched, and the key under which its variants count as one.

In: a URL. Out: `canonical` (clean, still fetchable) and `address_key` (for comparison alone: http/https, www/mobile/AMP
variants, tracking parameters, fragments, parameter order and trailing slashes make no difference).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(utm_\w+|mtm_\w+|pk_\w+|at_(medium|campaign|link\w*|ptr\w*|bbc\w*|format)|fb_\w+|hsa_\w+|mc_(cid|eid)|"
    r"fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|yclid|igshid|igsh|_hsenc|_hsmi|mkt_tok|cmpid|ns_mchannel|ns_source|"
    r"ns_campaign|ns_linkname|ns_fee|xtor|ref_src|ref_url|smid|ito|ocid|s_cid|wt_mc|taid|guccounter|guce_\w+|echobox)$",
    re.IGNORECASE,
)
_AMP_PARAMETER = {("amp", "1"), ("amp", "true"), ("amp", ""), ("outputtype", "amp"), ("view", "amp"), ("m", "1")}
_VARIANT_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.[^.]+)")
_SAFE = "!$&'()*+,;=:@/~%-._"


def canonical(url: str) -> str:
    """The address to fetch: host in lower case, no default port, no fragment, no tracking parameters, escaped as due.

    >>> canonical("HTTP://Example.org:80/a b?utm_source=x&id=1#top")
    'http://example.org/a%20b?id=1'
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # no address: whoever fetches it says so
        return url.strip()
    if parts.scheme.lower() not in ("http", "https"):
        return url.strip()
    kept = "&".join(piece for piece in parts.query.split("&") if piece and not _TRACKING.match(piece.partition("=")[0]))
    path = quote(parts.path, safe=_SAFE) or "/"
    return urlunsplit(
        (parts.scheme.lower(), _netloc(parts.scheme, parts.netloc), path, quote(kept, safe=_SAFE + "?"), "")
    )


def address_key(url: str) -> str:
    """What all variants of one address have in common. Not an address itself.

    >>> address_key("https://m.example.org/news/1/amp/?fbclid=z") == address_key("http://www.example.org/news/1")
    True
    """
    clean = canonical(url)
    try:
        parts = urlsplit(clean)
    except ValueError:
        return clean
    if parts.scheme not in ("http", "https"):
        return clean
    host = _VARIANT_HOST.sub("", parts.netloc)
    path = re.sub(r"/+", "/", parts.path)
    path = re.sub(r"(?:/amp|\.amp)(?=/?$)|\.amp(?=\.html?$)", "", path)
    path = re.sub(r"^/amp(?=/.)", "", path)
    path = re.sub(r"/(?:index\.(?:html?|php))?$", "", path)
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if (name.lower(), value.lower()) not in _AMP_PARAMETER
    )
    return f"{host}{path}" + (f"?{urlencode(query)}" if query else "")


def _netloc(scheme: str, netloc: str) -> str:
    login, at, host = netloc.rpartition("@")
    host = host.lower().rstrip(".")
    if not host.isascii():
        try:
            name, colon, port = host.partition(":")
            host = name.encode("idna").decode() + colon + port
        except UnicodeError:
            pass
    default = {"http": ":80", "https": ":443"}[scheme.lower()]
    return login + at + host.removesuffix(default)
