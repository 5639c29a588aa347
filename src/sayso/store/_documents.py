"""Documents and the items that they are versions of."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import RowMapping, delete, func, insert, select, update

from sayso.records import Document, Passage, Producer, Segment
from sayso.store._engine import WRITERS
from sayso.store._part import Part
from sayso.store._rows import Row, date_columns, date_of, places, spans, storable
from sayso.store.ids import document_id, held_item_id, producer_key
from sayso.store.schema import captures, documents, done, items


class Documents(Part):
    """The table `documents`, and the held ones among `items`."""

    def put(self, document: Document, *, outlet_id: str | None = None, signature: bytes = b"") -> str:
        """Keep what was read from one capture, in place of what an older reader made of it. Gives the document's id.

        Machine records that hang on the older text go with it; people's work stays and is offered for confirmation
        by `people.reanchor` when the new text's statements are known. `signature` is the text's MinHash.
        """
        row = _row(document) | {"signature": signature}
        with self.store.transaction() as connection:
            old = connection.execute(
                select(documents.c.id, documents.c.item_id).where(documents.c.sha256 == document.sha256)
            ).all()
            gone = [each.id for each in old if each.id != row["id"]]
            self._hold({each.item_id for each in old} | {row["item_id"]})
            self._put_item(document, row["item_id"], outlet_id)
            if any(each.id == row["id"] for each in old):
                connection.execute(update(documents).where(documents.c.id == row["id"]).values(row))
            else:
                connection.execute(insert(documents).values(row))
            for each in gone:
                connection.execute(delete(items).where(items.c.document_id == each))
                connection.execute(delete(documents).where(documents.c.id == each))
            self.store.progress.forget(gone)
            for item in {each.item_id for each in old} | {row["item_id"]}:
                self._choose_current(item)
        return str(row["id"])

    def _put_item(self, document: Document, item_id: str, outlet_id: str | None) -> None:
        with self.store.transaction() as connection:
            known = connection.execute(select(items.c.id).where(items.c.id == item_id)).first()
            values = _item_row(document, item_id, outlet_id)
            if known:
                connection.execute(update(items).where(items.c.id == item_id).values(values))
            else:
                connection.execute(insert(items).values(values))

    def _hold(self, ids: set[str]) -> None:
        """On PostgreSQL two may read versions of one item at once: the second waits here until the first has written."""
        if self.store.dialect == "postgresql":
            with self.store.transaction() as connection:
                for each in sorted(ids):
                    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(each, WRITERS))))

    def _choose_current(self, item_id: str) -> None:
        """The version that was captured last is the current one; an item without versions goes."""
        with self.store.transaction() as connection:
            versions = connection.execute(
                select(documents.c.id, documents.c.sha256, func.max(captures.c.fetched_at).label("at"))
                .outerjoin(captures, captures.c.sha256 == documents.c.sha256)
                .where(documents.c.item_id == item_id)
                .group_by(documents.c.id, documents.c.sha256)
            ).all()
            if not versions:
                connection.execute(delete(items).where(items.c.id == item_id))
                return
            newest = max(versions, key=lambda row: (str(row.at or ""), row.sha256))
            connection.execute(
                update(documents).where(documents.c.item_id == item_id).values(current=documents.c.id == newest.id)
            )
            row = connection.execute(select(documents).where(documents.c.id == newest.id)).mappings().one()
            values = {"title": row["title"] or None, "outlet": row["outlet"] or None, "medium": row["medium"]}
            values |= date_columns("date", date_of("published", row))
            connection.execute(update(items).where(items.c.id == item_id).values(values))

    def get(self, document: str) -> Document:
        """The document with this id. Raises `KeyError` when there is none."""
        with self.store.reading() as connection:
            row = connection.execute(select(documents).where(documents.c.id == document)).mappings().first()
        if row is None:
            raise KeyError(document)
        return record(row)

    def ids(self, *, current: bool = False) -> list[str]:
        """The ids of all documents, or of the current version of each item, in a fixed order."""
        query = select(documents.c.id).order_by(documents.c.id)
        if current:
            query = query.where(documents.c.current)
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def each(self, *, current: bool = False) -> Iterator[tuple[str, Document]]:
        """All documents with their ids, one at a time."""
        for document in self.ids(current=current):
            yield document, self.get(document)

    def count(self) -> int:
        """How many documents the desk holds."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(documents)).scalar_one()

    def read_from(self, sha256: str) -> str | None:
        """The id of the document that was read from these bytes."""
        with self.store.reading() as connection:
            return connection.execute(select(documents.c.id).where(documents.c.sha256 == sha256)).scalar()

    def discard(self, sha256: str) -> None:
        """Remove what an older reader made of bytes that the reader of today refuses."""
        with self.store.transaction() as connection:
            old = connection.execute(
                select(documents.c.id, documents.c.item_id).where(documents.c.sha256 == sha256)
            ).all()
            self._hold({each.item_id for each in old})
            for each in old:
                connection.execute(delete(items).where(items.c.document_id == each.id))
                connection.execute(delete(documents).where(documents.c.id == each.id))
                self._choose_current(each.item_id)
            self.store.progress.forget(each.id for each in old)

    def signatures(self) -> dict[str, bytes]:
        """The MinHash signature of each current document that has one."""
        query = select(documents.c.id, documents.c.signature).where(documents.c.current).order_by(documents.c.id)
        with self.store.reading() as connection:
            return {key: signature for key, signature in connection.execute(query) if signature}

    def newest(self) -> int:
        """Grows with every document that is put in."""
        with self.store.reading() as connection:
            return connection.execute(select(func.max(documents.c.key))).scalar() or 0

    def undone(self, stage: str) -> int:
        """How many documents wait for `stage`. A document's marks go with it, so the rest need not be looked for."""
        with self.store.reading() as connection:
            ready = connection.execute(select(func.count()).where(done.c.stage == stage)).scalar_one()
        return max(0, self.count() - ready)


def document_rows(document: Document, *, outlet_id: str | None, signature: bytes) -> tuple[Row, Row]:
    """The rows of a document and of the item that it is the only version of."""
    row = _row(document) | {"signature": signature}
    return row, _item_row(document, row["item_id"], outlet_id)


def _item_row(document: Document, item_id: str, outlet_id: str | None) -> Row:
    return {
        "id": item_id,
        "held": True,
        "document_id": None,
        "url": storable(document.canonical_url or document.path),
        "medium": document.medium,
        "title": storable(document.title) or None,
        "outlet": storable(document.outlet) or None,
        "outlet_id": outlet_id,
        "mentions": [],
        "joined": None,
        **date_columns("date", document.published),
    }


def _row(document: Document) -> Row:
    text = document.text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate becomes "?": offsets hold
    return {
        "id": document_id(document),
        "sha256": document.sha256,
        "item_id": held_item_id(document),
        "path": storable(document.path),
        "text": text,
        "characters": len(text),
        "title": storable(document.title),
        "language": document.language,
        **date_columns("published", document.published),
        **date_columns("updated", document.updated),
        "author": storable(document.author),
        "outlet": storable(document.outlet),
        "canonical_url": storable(document.canonical_url),
        "medium": document.medium,
        "format": document.format,
        "boilerplate": places(document.boilerplate),
        "headings": places(document.headings),
        "quoted_blocks": places(document.quoted_blocks),
        "segments": [[s.start, s.end, s.begin_s, s.end_s, storable(s.speaker)] for s in document.segments],
        "passages": [[passage.start, passage.end, passage.language] for passage in document.passages],
        "translator": storable(document.translator),
        "translation_of": storable(document.translation_of),
        "notes": list(document.notes),
        "producer": producer_key(document.producer),
        "current": True,
    }


def record(row: RowMapping) -> Document:
    """The document of a row of the table."""
    text = row["text"]
    return Document(
        path=row["path"],
        text=text,
        sha256=row["sha256"],
        title=row["title"],
        language=row["language"],
        published=date_of("published", row),
        updated=date_of("updated", row),
        author=row["author"],
        outlet=row["outlet"],
        canonical_url=row["canonical_url"],
        medium=row["medium"],
        format=row["format"],
        boilerplate=spans(row["boilerplate"], text),
        headings=spans(row["headings"], text),
        quoted_blocks=spans(row["quoted_blocks"], text),
        segments=tuple(Segment(*each) for each in row["segments"]),
        passages=tuple(Passage(*each) for each in row["passages"]),
        translator=row["translator"],
        translation_of=row["translation_of"],
        notes=tuple(row["notes"]),
        producer=Producer(*row["producer"].split(" ", 2)),
    )
