"""What goes to other programs and comes from them: coded passages of texts, whatever the file format.

Here also the plain forms: CSV with all attributes both ways, and W3C Web Annotation JSON-LD. `refi` has REFI-QDA files,
`dna` those of the Discourse Network Analyzer.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sayso.code._table import Table
from sayso.code.codebook import TOPIC, Codebook
from sayso.errors import SaysoError
from sayso.records import Coding

CODING_COLUMNS = (
    "statement", "family", "code", "coder", "probability", "unsure", "codebook_version", "coded_at", "memo",
)  # fmt: skip
_AROUND = 32  # characters of prefix and suffix with a quotation


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch [start, end) of a source's text, in code points, with its codings and what else is known of it."""

    start: int
    end: int
    codings: tuple[Coding, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)  # speaker, organization, agreement …


@dataclass(frozen=True, slots=True)
class Source:
    """A text with coded passages. `name` is its title or path, `date` the day it was published, if known."""

    name: str
    text: str
    passages: tuple[Passage, ...] = ()
    date: dt.date | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)  # author, outlet …


@dataclass(frozen=True, slots=True)
class Project:
    """A codebook and coded sources. `left_out` counts codings of a file that could not be read, by their reason."""

    codebook: Codebook
    sources: tuple[Source, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def codings_to_csv(codings: Iterable[tuple[Coding, Mapping[str, Any]]], delimiter: str = ",") -> Iterator[str]:
    """Lines of a CSV table: the columns of a coding, then the attributes of its statement (those of the first row)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    columns: list[str] | None = None
    for coding, attributes in codings:
        if columns is None:
            columns = [name for name in attributes if name not in CODING_COLUMNS]
            writer.writerow((*CODING_COLUMNS, *columns))
        row: list[Any] = [
            coding.statement,
            coding.family,
            coding.code,
            coding.coder,
            f"{coding.probability:.6g}",
            "true" if coding.unsure else "false",
            coding.codebook_version,
            coding.coded_at.isoformat() if coding.coded_at else "",
            coding.memo,
        ]
        writer.writerow(row + ["" if attributes.get(c) is None else attributes[c] for c in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if columns is None:
        yield ",".join(CODING_COLUMNS) + "\n" if delimiter == "," else delimiter.join(CODING_COLUMNS) + "\n"


def codings_from_csv(table: Table, codebook: Codebook, coder: str = "") -> Iterator[Coding]:
    """Codings of a CSV table; only `statement` and `code` must be there.

    Without a column `family` the codebook must have a single one; without `coder` all rows are of the given person.
    Raises `SaysoError` naming the row for codes and families that the codebook does not have.
    """
    table.need("statement", "code")
    own = [family for family in codebook.families if not family.name.startswith(TOPIC)]
    for number, row in enumerate(table, start=1):
        where = f"{table.path}: row {number}"
        name = row.get("family", "")
        if not name and len(own) != 1:
            raise SaysoError(f"{where}: names no family, and the codebook has {len(own)}")
        family = codebook.family(name) if name else own[0]
        code = family.find(row["code"])
        if code is None:
            raise SaysoError(f"{where}: family {family.name!r} has no code {row['code']!r}")
        who = row.get("coder", "") or coder
        if not row["statement"] or not who:
            raise SaysoError(f"{where}: names no {'coder' if row['statement'] else 'statement'}")
        try:
            probability = float(row.get("probability", "") or 1.0)
            coded_at = dt.datetime.fromisoformat(row["coded_at"]) if row.get("coded_at") else None
        except ValueError as error:
            raise SaysoError(f"{where}: {error}") from None
        if not 0 <= probability <= 1:
            raise SaysoError(f"{where}: probability {row['probability']!r} is not between 0 and 1")
        yield Coding(
            statement=row["statement"],
            family=family.name,
            code=code.name,
            coder=who,
            probability=probability,
            codebook_version=row.get("codebook_version", ""),
            coded_at=coded_at,
            memo=row.get("memo", ""),
            unsure=row.get("unsure", "").lower() == "true",
        )


def web_annotations(sources: Sequence[Source], codebook: Codebook) -> dict[str, Any]:
    """The codings as a W3C Web Annotation collection page (JSON-LD): a quotation and a position selector for each."""
    items = []
    for source in sources:
        for passage in source.passages:
            items += [_annotation(source, passage, coding, codebook) for coding in passage.codings]
    return {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": items}


def _annotation(source: Source, passage: Passage, coding: Coding, codebook: Codebook) -> dict[str, Any]:
    family = next((f for f in codebook.families if f.name == coding.family), None)
    code = family.find(coding.code) if family else None
    machine = coding.coder.startswith("model:")
    body: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "tagging", "value": coding.code}]
    if code and code.definition:
        body.append(
            {"type": "TextualBody", "purpose": "classifying", "value": f"{family_title(coding)}{code.definition}"}
        )
    if coding.memo:
        body.append({"type": "TextualBody", "purpose": "commenting", "value": coding.memo})
    if machine:
        body.append({"type": "TextualBody", "purpose": "assessing", "value": f"probability {coding.probability:.4f}"})
    annotation: dict[str, Any] = {
        "id": f"urn:sayso:{coding.statement}:{coding.family}:{coding.coder}:{coding.code}".replace(" ", "%20"),
        "type": "Annotation",
        "motivation": "classifying",
        "creator": {"type": "Software" if machine else "Person", "name": coding.coder},
        "body": body,
        "target": {
            "source": source.name,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": source.text[passage.start : passage.end],
                    "prefix": source.text[max(0, passage.start - _AROUND) : passage.start],
                    "suffix": source.text[passage.end : passage.end + _AROUND],
                },
                {"type": "TextPositionSelector", "start": passage.start, "end": passage.end},
            ],
        },
    }
    if coding.coded_at:
        annotation["created"] = coding.coded_at.isoformat()
    return annotation


def family_title(coding: Coding) -> str:
    return f"{coding.family}/{coding.code}: "
