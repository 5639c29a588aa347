#!/usr/bin/env python3
"""Measure linking alone: gold attributions in, speakers, via and nesting out, scored as `sayso bench chains` does.

usage: bench/chains.py [--gold FILE] [--texts DIR] [--silver DIR] [--part all|tune|report] [--without coreference,mentions]
                       [--errors]

Gold source, cue and content spans (with parents) come from the chains gold, sentences, entities and coreference from the
silver files of the same documents. Every third document is kept for reporting. `--errors` lists wrong speakers and vias.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from pathlib import Path

from sayso.link import link
from sayso.link.measure import score_chains
from sayso.records import Analysis, Attribution, Document, Linked, Mention, Span

ROOT = Path(__file__).resolve().parents[2] / "shared" / "data"
KINDS = {"PERSON": "person", "ORGANIZATION": "organization", "LOCATION": "location", "COUNTRY": "location",
         "CITY": "location", "STATE_OR_PROVINCE": "location", "DATE": "date"}  # fmt: skip


def _spans(value: object, text: str) -> tuple[Span, ...]:
    if value is None:
        return ()
    listed = value if isinstance(value, list) else value.get("parts") or [value]  # type: ignore[attr-defined]
    return tuple(Span(s["start"], s["end"], text[s["start"] : s["end"]]) for s in listed)


def wrapped(gold: dict[str, object], text: str, silver: dict[str, list[list[object]]], without: set[str]) -> Analysis:
    """The gold of one document as the attribution stage would hand it on."""
    attributions = tuple(
        Attribution(a["id"], _spans(a["cue"], text), _spans(a["content"], text), a["kind"], 1.0,
                    _spans(a["source"], text), None if "parents" in without else a["parent"])
        for a in gold["attributions"]  # type: ignore[attr-defined]
    )  # fmt: skip
    pairs = []
    for chain in silver["coreference"]:
        ordered = sorted(chain)
        for before, mention in itertools.pairwise(ordered):
            pairs.append((Span(*mention), Span(*before), 0.8))  # type: ignore[misc]
    return Analysis(
        attributions,
        () if "sentences" in without else tuple(Span(s, e) for s, e in silver["sentences"]),  # type: ignore[misc]
        () if "mentions" in without else tuple(
            Mention(Span(s, e), KINDS[k]) for s, e, k in silver["entities"] if k in KINDS  # type: ignore[index,misc]
        ),
        () if "coreference" in without else tuple(pairs),
    )  # fmt: skip


def as_extract(linked: Linked, text: str) -> list[dict[str, object]]:
    """Statements in the fields of `sayso extract` that the scorer reads."""
    ids = {s.id: s.attribution.id for s in linked.statements if s.attribution}
    out = []
    for s in linked.statements:
        a = s.attribution
        if a is None:
            continue
        source = {"start": a.source[0].start, "end": a.source[-1].end} if a.source else None
        out.append({
            "id": a.id, "parent": ids.get(s.parent) if s.parent else None, "source": source,
            "content": [{"start": c.start, "end": c.end} for c in s.content], "kind": s.kind,
            "speaker": {"name": s.speaker.name, "kind": s.speaker.kind},
            "via": {"item": s.via.item, "medium": s.via.medium, "outlet": s.via.outlet, "start": s.via.start,
                    "end": s.via.end} if s.via else None,
        })  # fmt: skip
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, default=ROOT / "chains/dev.jsonl")
    parser.add_argument("--texts", type=Path, default=ROOT / "polnear/dev/text")
    parser.add_argument("--silver", type=Path, default=ROOT / "polnear/dev/silver")
    parser.add_argument("--part", choices=("all", "tune", "report"), default="all")
    parser.add_argument("--without", default="", help="leave out: coreference, mentions, sentences, parents")
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    without = set(options.without.split(","))
    gold_docs, pred_docs, words, spent = {}, {}, 0, 0.0
    for number, line in enumerate(options.gold.read_text(encoding="utf-8").splitlines()):
        if (options.part == "tune" and number % 3 == 2) or (options.part == "report" and number % 3 != 2):
            continue
        gold = json.loads(line)
        name = gold["doc"]
        with (options.texts / f"{name}.txt").open(encoding="utf-8", newline="") as file:
            text = file.read()
        silver = json.loads((options.silver / f"{name}.json").read_text(encoding="utf-8"))
        analysis = wrapped(gold, text, silver, without)
        begin = time.process_time()
        linked = link(Document(path=name, text=text, sha256=name), analysis)
        spent += time.process_time() - begin
        words += len(text.split())
        gold_docs[name], pred_docs[name] = gold["attributions"], as_extract(linked, text)
        if options.errors:
            _errors(name, gold["attributions"], pred_docs[name])
    for key, value in score_chains(gold_docs, pred_docs).items():
        print(f"{key:28} {value:.4f}" if isinstance(value, float) else f"{key:28} {value}")
    print(f"{'words/s (linking alone)':28} {words / spent:.0f}")


def _errors(name: str, gold: list[dict], pred: list[dict]) -> None:  # type: ignore[type-arg]
    from sayso.link.measure import same_name, same_via

    found = {p["id"]: p for p in pred}
    print("##", name)
    for g in gold:
        p = found.get(g["id"])
        if p is None:
            continue
        words = g["source"]["text"] if g["source"] else None
        if g["speaker"]["name"] and not same_name(g["speaker"]["name"], p["speaker"]["name"], g["speaker"]["kind"]):
            print(
                f"  SPEAKER {g['id']} source={words!r} gold={g['speaker']} pred={p['speaker']} cue={g['cue']['text']!r}"
            )
        if bool(g["via"]) != bool(p["via"]) or (g["via"] and not same_via(g["via"], p["via"])):
            was = (g["via"]["item"]["text"], g["via"]["medium"], g["via"]["outlet"]) if g["via"] else None
            now = (p["via"]["item"], p["via"]["medium"], p["via"]["outlet"]) if p["via"] else None
            print(f"  VIA {g['id']} cue={g['cue']['text']!r} gold={was} pred={now}")


if __name__ == "__main__":
    main()
