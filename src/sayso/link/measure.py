"""How well linking does against annotated chains: nested attributions, speakers, via.

In come gold and predicted attributions by document, both in the fields of `sayso extract --format jsonl`; out go the
figures. An attribution matches when the character sets of the contents have an intersection over union of at least 0.5.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sayso.errors import UsageError
from sayso.link import _lexicon as lex

Row = Mapping[str, Any]
_PRONOUN = re.compile(
    r"^(he|she|it|they|him|her|his|hers|their|theirs|them|who|whom|whose|i|me|my|we|us|our|you|your|that|which|its)$",
    re.IGNORECASE,
)
_TITLES = lex.words("mr mrs ms dr sen senator rep president gov governor the a an secretary gen sir")
_STOP = _TITLES | lex.words("of in on at to for and with by from his her its their")


def _words(name: str | None) -> list[str]:
    raw = re.findall(r"\w+", (name or "").casefold().replace("’s", "").replace("'s", ""))
    return [w for w in raw if w not in _TITLES] or raw


def same_name(gold: str | None, found: str | None, kind: str) -> bool:
    """Whether two names agree: equal without titles; a person's by the last words too; others by word Jaccard 0.6."""
    x, y = _words(gold), _words(found)
    if not x or not y:
        return False
    if x == y:
        return True
    if kind == "person":
        short, long = (x, y) if len(x) <= len(y) else (y, x)
        return long[-len(short) :] == short
    s, t = set(x) - _STOP or set(x), set(y) - _STOP or set(y)
    return len(s & t) / len(s | t) >= 0.6


def same_via(gold: Row | None, found: Row | None) -> bool:
    """Whether two vias agree: item spans overlap, or item or outlet names share a content word."""
    if not gold or not found:
        return False
    return bool(_via_chars(gold) & _via_chars(found)) or bool(_via_words(gold) & _via_words(found))


def _via_chars(via: Row) -> set[int]:
    item = via["item"] if isinstance(via.get("item"), Mapping) else via
    return _chars([item]) if item.get("start") is not None else set()


def _via_words(via: Row) -> set[str]:
    item = via.get("item")
    text = item.get("text", "") if isinstance(item, Mapping) else (item or "")
    return (set(_words(text)) | set(_words(via.get("outlet")))) - _STOP


def _chars(spans: Any) -> set[int]:
    out: set[int] = set()
    for span in spans if isinstance(spans, list) else [spans]:
        if span:
            out.update(range(span["start"], span["end"]))
    return out


def _iou(one: set[int], other: set[int]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def _pairs(gold: list[set[int]], found: list[set[int]]) -> list[tuple[int, int]]:
    scored = sorted(
        ((_iou(a, b), i, j) for i, a in enumerate(gold) for j, b in enumerate(found) if a & b), reverse=True
    )
    used_gold, used_found, out = set(), set(), []
    for score, i, j in scored:
        if score < 0.5:
            break
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            out.append((i, j))
    return out


def _ancestors(row: Row, index: Mapping[str, int], rows: Sequence[Row]) -> list[int]:
    seen: list[int] = []
    while row.get("parent") in index and index[row["parent"]] not in seen:
        seen.append(index[row["parent"]])
        row = rows[seen[-1]]
    return seen


def score_chains(
    gold: Mapping[str, Sequence[Row]],
    found: Mapping[str, Sequence[Row]],
    doubtful: Mapping[str, Sequence[Row]] | None = None,
) -> dict[str, float | int]:
    """Figures over all gold documents; predictions that match a doubtful span do not count against nested precision."""
    count: Counter[str] = Counter()
    for name, rows in gold.items():
        _score_document(rows, found.get(name, ()), (doubtful or {}).get(name, ()), count)
    total = sum(map(len, gold.values()))

    def f1(hits: str, one: str, other: str) -> float:
        return 2 * count[hits] / (count[one] + count[other]) if count[one] + count[other] else 0.0

    out: dict[str, float | int] = {
        "documents": len(gold),
        "gold": total,
        "matched": count["matched"],
        "nested P": count["nested hit"] / max(1, count["nested found"]),
        "nested R": count["nested hit"] / max(1, count["nested gold"]),
        "nested F1": f1("nested hit", "nested found", "nested gold"),
        "nested e2e F1": f1("nested e2e", "nested found", "nested gold"),
        "end to end": count["end to end"] / max(1, total),
        "kind accuracy": count["kind"] / max(1, count["matched"]),
        "via F1": f1("via hit", "via found", "via gold"),
    }
    for key in sorted(k.removesuffix(" n") for k in count if k.startswith("speaker") and k.endswith(" n")):
        out[f"{key} accuracy"] = count[f"{key} ok"] / count[f"{key} n"]
        out[f"{key} n"] = count[f"{key} n"]
    return out


def _score_document(gold: Sequence[Row], found: Sequence[Row], doubtful: Sequence[Row], count: Counter[str]) -> None:
    gold_chars = [_chars(x["content"]) for x in gold]
    found_chars = [_chars(x["content"]) for x in found]
    doubt_chars = [_chars(x["content"]) for x in doubtful]
    pairs = _pairs(gold_chars, found_chars)
    gold_of = {j: i for i, j in pairs}
    by_id = {x["id"]: j for j, x in enumerate(found)}
    gold_id = {x["id"]: i for i, x in enumerate(gold)}
    count["nested gold"] += sum(bool(x["parent"]) for x in gold)
    hits = set()
    for j, row in enumerate(found):
        if not row.get("parent"):
            continue
        i = gold_of.get(j)
        if i is None and any(_iou(found_chars[j], d) >= 0.5 for d in doubt_chars):
            continue
        above = _ancestors(row, by_id, found)
        if i is not None and not gold[i]["parent"] and above and all(k not in gold_of for k in above):
            continue  # an outer layer that the flat gold lacks
        count["nested found"] += 1
        inside = bool(above) and found_chars[j] <= found_chars[above[0]]
        if i is not None and gold[i]["parent"] and inside:
            gold_above = set(_ancestors(gold[i], gold_id, gold))
            if any(gold_of.get(k) in gold_above for k in above):
                hits.add((i, j))
    for i, j in pairs:
        _score_pair(gold[i], found[j], (i, j) in hits, count)


def _score_pair(gold: Row, found: Row, nested_hit: bool, count: Counter[str]) -> None:
    count["matched"] += 1
    count["kind"] += gold["kind"] == found.get("kind")
    if nested_hit:
        count["nested hit"] += 1
        one = _chars(gold["source"]) if gold["source"] else set()
        other = _chars(found["source"]) if found.get("source") else set()
        count["nested e2e"] += bool(one & other) or (not one and not other)
    name, kind = gold["speaker"].get("name"), gold["speaker"]["kind"]
    agrees = bool(name) and same_name(name, (found.get("speaker") or {}).get("name"), kind)
    count["end to end"] += agrees or not name
    if name:
        keys = ["speaker", f"speaker/{kind}"]
        if gold["source"] and _PRONOUN.match(gold["source"]["text"].strip()):
            keys.append("speaker/pronoun")
        for key in keys:
            count[f"{key} n"] += 1
            count[f"{key} ok"] += agrees
    count["via gold"] += bool(gold["via"])
    count["via found"] += bool(found.get("via"))
    count["via hit"] += same_via(gold["via"], found.get("via"))


def read_gold(path: Path) -> dict[str, list[Row]]:
    """Attributions by document of a JSONL file of gold, predictions or doubtful spans. Raises UsageError."""
    found: dict[str, list[Row]] = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name = row.get("doc") or Path(row["document"]["path"]).name.removesuffix(".txt")
            found[name] = row.get("attributions", row.get("spans", []))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(f"{path}:{number}: no gold of one document (it needs 'doc' and 'attributions')") from None
    if not found:
        raise UsageError(f"{path}: holds no gold")
    return found


def texts_of(gold: Path, names: Iterable[str], folder: Path | None = None) -> dict[str, str]:
    """The texts of gold documents: NAME.txt in `folder`, by default a `text` folder beside the gold or in a neighbour's
    folder of the same split. Line ends are kept. Raises UsageError."""
    places = [folder] if folder else [gold.parent / "text", *sorted(gold.parent.parent.glob(f"*/{gold.stem}/text"))]
    found = {}
    for name in names:
        path = next((p / f"{name}.txt" for p in places if (p / f"{name}.txt").is_file()), None)
        if path is None:
            raise UsageError(f"no text {name}.txt in {', '.join(map(str, places))}; name its folder with --texts")
        with path.open(encoding="utf-8", newline="") as file:
            found[name] = file.read()
    return found
