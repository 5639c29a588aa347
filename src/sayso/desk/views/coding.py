"""What the coding pages show: families and topics, one statement to code, where people differ, the record, agreement.

No content here holds another person's code of a statement that the one who asks has yet to code: `card` gives a coder's
own codes alone, `record` a blind coder's own.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sayso.code import Family
from sayso.code.review import ADJUDICATOR
from sayso.code.topics import IN
from sayso.desk import coding, reviewing
from sayso.desk.accounts import Person
from sayso.desk.views._shared import Content, Missing, iso, paged, statement_content
from sayso.desk.views.statement import context
from sayso.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.store._reviews import Kept

WHY = {
    "random": "drawn at random",
    "uncertain": "the model is unsure",
    "disagreement": "people, or a person and the model, differ",
    "diverse": "unlike all that is coded",
    "coverage": "of a time or outlet with little coded",
    "second": "coded by somebody else",
}
PER_PAGE = 50


def family_named(desk: Desk, name: str) -> Family:
    """The family of the codebook or of a topic. Raises `Missing`."""
    try:
        return reviewing.family_of(desk, name)
    except (SettingsError, UsageError) as error:
        raise Missing(str(error)) from None


def coding_home(desk: Desk, person: Person) -> Content:
    """Every family and topic with how much of it is coded by whom, and what this person has set."""
    tally = desk.store.reviews.tally()
    families = [_standing(family, tally, person) for family in desk.codebook.families]
    topics = [_standing(coding.topic_family(desk, topic.id), tally, person) for topic in desk.topics]
    return {
        "families": families,
        "topics": topics,
        "disputed": disputed(desk),
        "codebook_version": desk.codebook.version,
        "sees_model": reviewing.sees_model(desk, person),
        "blind": reviewing.is_blind(desk, person),
        "blind_desk": reviewing.blind_desk(desk),
    }


def disputed(desk: Desk) -> list[Content]:
    """The families in which people differ and nobody has ruled, with how many statements."""
    return [
        {"family": name, "title": (family := family_named(desk, name)).title or family.name, "open": number}
        for name, number in reviewing.disputes(desk).items()
    ]


def _standing(family: Family, tally: dict[str, dict[str, int]], person: Person) -> Content:
    by = tally.get(family.name, {})
    people = {name: number for name, number in by.items() if not name.startswith(ADJUDICATOR)}
    return {
        "name": family.name,
        "title": family.title or family.name,
        "description": family.description,
        "codes": list(family.names),
        "multiple": family.multiple,
        "mine": people.get(person.name, 0),
        "people": dict(sorted(people.items(), key=lambda pair: (-pair[1], pair[0]))),
        "ruled": sum(number for name, number in by.items() if name.startswith(ADJUDICATOR)),
    }


def card(
    desk: Desk, person: Person, family: Family, statement: str, *, why: str = "", with_model: bool = False
) -> Content:
    """One statement to code: words, speaker, context, the codes with their keys, the nearest of the coder's own codings.

    The model's proposal is in it only `with_model`; other people's codes never are.
    """
    loaded = desk.store.statements.load([statement])
    if not loaded:
        raise Missing(f"there is no statement {statement}")
    found = loaded[0]
    content = statement_content(desk, found)
    content.pop("codes")
    mine = desk.store.reviews.of(family.name, statement, person.name)
    keys = reviewing.keys(family)
    memo = next(
        (
            each["memo"]
            for each in reversed(desk.store.people.codings(statement))
            if each["coder"] == person.name and each["family"] == family.name
        ),
        "",
    )
    return {
        "statement": content,
        "title": found.document.title,
        "path": found.document.path,
        "context": context(found),
        "why": why,
        "why_text": WHY.get(why, why),
        "mine": [each.code for each in mine],
        "memo": memo,
        "codes": [
            {
                "name": code.name,
                "title": code.title or code.name,
                "definition": code.definition,
                "include": list(code.include),
                "exclude": list(code.exclude),
                "examples": list(code.examples[:3]),
                "key": keys.get(code.name, ""),
            }
            for code in family
        ],
        "nearest": [
            {
                "id": other.statement.id,
                "text": " … ".join(span.text for span in other.statement.content),
                "speaker": other.statement.speaker.name,
                "code": code,
            }
            for other, code in reviewing.nearest(desk, found, family, person.name)
        ],
        "model": _proposal(desk, family, statement) if with_model else None,
    }


def last_coded(desk: Desk, person: Person, family: Family) -> Content | None:
    """What the person coded last, and what the model had said of it: shown after the decision."""
    last = desk.store.reviews.last(family.name, person.name)
    if not last:
        return None
    return {
        "statement": last[0].statement,
        "text": last[0].text,
        "codes": [each.code for each in last],
        "memo": last[0].memo,
        "model": _proposal(desk, family, last[0].statement),
    }


def _proposal(desk: Desk, family: Family, statement: str) -> Content | None:
    machine = [each for each in desk.store.codings.machine([statement]) if each.family == family.name]
    if not machine:
        return None
    best = max(machine, key=lambda each: each.probability)
    every = {**best.others, **{each.code: each.probability for each in machine}}
    return {
        "code": best.code,
        "probability": best.probability,
        "coder": best.coder,
        "unsure": best.unsure,
        "codes": dict(sorted(every.items(), key=lambda pair: (-pair[1], pair[0]))[:5]),
        "reasons": list(best.reasons[:3]),
    }


def differences(desk: Desk, family: Family) -> Content:
    """Where people differ and nobody has ruled, with everybody's codes and memos; and the rulings made so far."""
    open_ones = reviewing.differences(desk, family)
    listed = sorted(open_ones)[:PER_PAGE]
    loaded = {each.statement.id: each for each in desk.store.statements.load(listed)}
    cases = []
    for key in listed:
        if key not in loaded:
            continue
        held = desk.store.reviews.of(family.name, key)
        content = statement_content(desk, loaded[key])
        content.pop("codes")
        cases.append(
            {
                "statement": content,
                "context": context(loaded[key]),
                "said": dict(sorted(open_ones[key].items())),
                "memos": [{"coder": each.coder, "memo": each.memo} for each in held if each.memo],
                "model": _proposal(desk, family, key),
            }
        )
    rulings, total = desk.store.reviews.record(family.name, rulings=True, limit=PER_PAGE)
    return {
        "family": family.name,
        "family_title": family.title or family.name,
        "codes": [{"name": code.name, "definition": code.definition} for code in family],
        "open": len(open_ones),
        "cases": cases,
        "rulings": [_kept(each) for each in rulings],
        "ruled": total,
    }


def record(
    desk: Desk, person: Person, family: Family, *, coder: str = "", memos: bool = False, offset: int = 0
) -> Content:
    """Codings by people, newest first, undone ones too; a blind coder's own alone."""
    only = person.name if reviewing.is_blind(desk, person) else coder
    rows, total = desk.store.reviews.record(family.name, coder=only, memos=memos, offset=offset, limit=PER_PAGE)
    coders = desk.store.reviews.tally().get(family.name, {})
    return {
        "family": family.name,
        "family_title": family.title or family.name,
        "version": family.version,
        "entries": [_kept(each) for each in rows],
        "page": paged(total, offset, PER_PAGE),
        "query": {name: value for name, value in (("coder", only), ("memos", "1" if memos else "")) if value},
        "coders": [person.name] if reviewing.is_blind(desk, person) else sorted(coders),
        "blind": reviewing.is_blind(desk, person),
    }


def _kept(each: Kept) -> Content:
    return {
        "id": each.id,
        "statement": each.statement,
        "text": each.text,
        "code": each.code,
        "coder": each.coder.removeprefix(ADJUDICATOR),
        "ruling": each.coder.startswith(ADJUDICATOR),
        "version": each.version,
        "at": iso(each.at),
        "memo": each.memo,
        "undone_at": iso(each.undone_at),
        "anchor": each.anchor,
    }


def agreement(desk: Desk, family: Family) -> Content:
    """Agreement of people and models, with the confusion table; shares of the codes, corrected; for a topic its quality."""
    content: Content = {
        "family": family.name,
        "family_title": family.title or family.name,
        "multiple": family.multiple,
        "floor": family.floor,
        "topic": family.name.removeprefix(reviewing.TOPIC) if family.name.startswith(reviewing.TOPIC) else None,
        "measured": None,
        "confusion": None,
        "shares": [],
        "quality": None,
    }
    if not family.multiple:
        measured = coding.measure(desk, family)
        content["measured"] = asdict(measured)
        content["confusion"] = _confusion(family, measured.confusion)
        trust = coding.standing(desk, family)
        content["standing"] = {"alpha": trust.alpha, "statements": trust.statements, "below": trust.below}
        if content["topic"] is None:
            content["shares"] = [asdict(each) for each in coding.shares(desk, family)]
    if content["topic"] is not None:
        content["quality"] = asdict(coding.topic_quality(desk, content["topic"]))
        content["in_name"] = IN
    return content


def _confusion(family: Family, counts: Any) -> Content | None:
    """The table of which code met which, both ways added up so that it does not hang on who came first."""
    used = [name for name in family.names if name in counts or any(name in row for row in counts.values())]
    if not used:
        return None

    def met(a: str, b: str) -> int:
        one = int(counts.get(a, {}).get(b, 0))
        return one if a == b else one + int(counts.get(b, {}).get(a, 0))

    rows = [{"code": a, "cells": [met(a, b) for b in used]} for a in used]
    most = max(met(a, b) for a in used for b in used)
    return {"codes": used, "rows": rows, "most": most}
