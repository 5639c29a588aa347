"""Bytes to text: which encoding a file is in, whatever it says of itself.

In come bytes, out come the text without its byte-order mark and notes on anything doubtful. Line ends stay as they are.
"""

from __future__ import annotations

import codecs
import re

from sayso.errors import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# What browsers do (WHATWG Encoding Standard): pages that say Latin-1 mean Windows-1252, and so on.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "shift_jis": "cp932",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, *, declared: str = "", markup: bool = False) -> tuple[str, list[str]]:
    """The text of `data` and notes.

    Order of belief: byte-order mark, UTF-8 where it fits (other encodings almost never do so by chance), the declared
    encoding (`declared`, else the page's own if `markup`), then charset-normalizer's guess among likely encodings.

    Raises:
        Unreadable: the bytes are no text in any of them.
    """
    text, notes = _decode(data, declared, markup)
    if "\x00" in text:
        raise Unreadable("holds NUL bytes: binary data or a damaged file, not text")
    sample = text[:200_000]
    if len(_CONTROLS.findall(sample)) > 0.01 * len(sample) + 2:
        raise Unreadable("binary data, not text: full of control characters")
    return text, notes


def _decode(data: bytes, declared: str, markup: bool) -> tuple[str, list[str]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), []
            except UnicodeDecodeError:
                if mark != codecs.BOM_UTF8:
                    raise Unreadable(f"damaged {encoding} text: not all of it can be decoded") from None
                data = data[len(mark) :]
    wide = _utf16_without_mark(data)
    if wide:
        try:
            return data.decode(wide), [f"encoding: {wide}, guessed (no byte-order mark)"]
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        broken = error
    if b"\x00" in data:
        raise Unreadable("holds NUL bytes: binary data or a damaged file, not text")
    says = declared
    if not says and markup and (found := _META.search(data, 0, 4096)):
        says = found[1].decode("ascii", "replace")
    notes = []
    if says:
        encoding = _known(says)
        if encoding and encoding != "utf-8":
            fitting = _strict(data, encoding)
            if fitting is not None:
                return fitting, []
        if encoding != "utf-8" or not _mostly_utf8(data):
            notes.append(f"encoding: declared {says}, which does not fit")
    if _mostly_utf8(data):
        # A truncated character at the end, or a few stray bytes, in what is clearly UTF-8.
        return data.decode("utf-8", "replace"), [
            *notes,
            f"encoding: utf-8 with damaged bytes from offset {broken.start}",
        ]
    text = _japanese(data) or _guess(data) or _east_asian_utf16(data)
    if text is None:
        raise Unreadable("binary data, or text in an encoding that cannot be told")
    return text[0], [*notes, f"encoding: {text[1]}, guessed"]


def _known(name: str) -> str:
    """The codec that `name` means to a browser, "" if unknown."""
    try:
        codec = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        return ""
    if not getattr(codec, "_is_text_encoding", True) or codec.name.startswith(("utf-16", "utf-32", "utf-7")):
        return ""  # the bytes would have shown it
    return _SUPERSETS.get(codec.name, codec.name)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        if encoding != "cp1252":
            return None
        text = data.decode("latin-1")  # the five bytes that Windows-1252 leaves undefined
    # C1 controls stand for nothing in real text: a wrong label.
    return None if sum("\x80" <= c <= "\x9f" for c in text[:100_000]) > 20 else text


def _mostly_utf8(data: bytes) -> bool:
    sample = data[:200_000].decode("utf-8", "replace")
    bad = sample.count("\ufffd")
    good = sum(c > "\x7f" for c in sample) - bad
    return good > 10 * bad or (bad <= 1 and sample.endswith("\ufffd") and good > 0)


def _utf16_without_mark(data: bytes) -> str:
    """ "utf-16-le" or "-be" where every other byte is nearly always zero, as in Latin text without its mark."""
    sample = data[:4000]
    if len(sample) < 4 or len(data) % 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _guess(data: bytes) -> tuple[str, str] | None:
    sample = data[:65_536]
    controls = sum(b < 9 or 13 < b < 27 or 27 < b < 32 for b in sample)
    if controls > 0.01 * len(sample) + 2:
        return None
    high = sum(b > 127 for b in sample)
    if high < 0.2 * len(sample) and not any(0x80 <= b <= 0x9F and b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) for b in sample):
        text = data.decode("cp1252", "replace")
        if _looks_western(text):
            return text, "cp1252"
        if _looks_turkish(text):
            return data.decode("cp1254", "replace"), "cp1254"
    from charset_normalizer import from_bytes  # only what is not Unicode needs it

    best = from_bytes(sample, threshold=0.25, cp_isolation=list(_LIKELY)).best()
    if best is not None:
        try:
            return data.decode(best.encoding), best.encoding
        except (UnicodeDecodeError, LookupError):
            return data.decode(best.encoding, "replace"), best.encoding
    if high < 0.3 * len(sample):
        return data.decode("latin-1"), "latin-1"
    return None


def _japanese(data: bytes) -> tuple[str, str] | None:
    """Japanese shows itself by its hiragana, which text in no other language turns into under these encodings."""
    for encoding in ("cp932", "euc_jp"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:20_000]
        wide = sum(c > "\x7f" for c in sample)
        usual = len(re.findall(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e\u2010-\u2030]", sample))
        if usual > 0.95 * wide and len(re.findall(r"[\u3041-\u3096]", sample)) > 0.15 * wide:
            return text, encoding
    return None


def _looks_turkish(text: str) -> bool:
    """Turkish under Windows-1254 differs from Western text in six letters, which there are Icelandic's þ, ð and ý."""
    high = [c for c in text[:200_000] if c > "\x7f"]
    return sum(c in "þðýÞÐÝ" for c in high) > 0.05 * len(high) and sum(c in "áíóúéæÁÍÓÚÉÆ" for c in high) < 0.02 * len(
        high
    )


def _east_asian_utf16(data: bytes) -> tuple[str, str] | None:
    """UTF-16 without its mark in scripts that leave no zero bytes; random bytes hit these blocks half of the time."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        usual = len(
            re.findall(
                r"[\s\u0020-\u007e\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef\u2010-\u2030]", text[:20_000]
            )
        )
        if len(text) >= 10 and usual > 0.97 * len(text[:20_000]):
            return text, encoding
    return None


_LIKELY = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "koi8_r", "cp866", "cp874",
    "gb18030", "big5", "cp932", "euc_jp", "iso2022_jp", "cp949", "mac_roman", "iso8859_2", "iso8859_5", "iso8859_6",
    "iso8859_7",
)  # fmt: skip


def _looks_western(text: str) -> bool:
    """Whether the characters above ASCII are such as Western European text has."""
    high = [c for c in text[:200_000] if c > "\x7f"]
    usual = sum(c in "‘’“”–—…«»°§©®€£äöüßÄÖÜéèêëàâçîïôûùœæÉÈÀÇñáíóúÑÁÍÓÚ¿¡ãõøåÅØ\xa0·•­" for c in high)
    return usual > 0.95 * len(high)
