"""What the encoder found in each document: attributions, and the mentions and sentences that `link` needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import and_, delete, func, insert, select

from sayso.records import Analysis, Attribution, Document, Mention, Producer, Span
from sayso.store._part import Part
from sayso.store._rows import Row, places, put_row, spans
from sayso.store.ids import producer_key
from sayso.store.schema import analyses, attributions, embeddings, statements


class Analyses(Part):
    """The tables `analyses`, `attributions` and `embeddings`."""

    def put(self, document: str, analysis: Analysis) -> None:
        """Keep the analysis of a document, in place of an older one."""
        rows = analysis_rows(document, analysis)
        with self.store.transaction() as connection:
            connection.execute(delete(attributions).where(attributions.c.document_id == document))
            connection.execute(delete(embeddings).where(embeddings.c.document_id == document))
            put_row(connection, analyses, rows["analyses"][0])
            for table in (attributions, embeddings):
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])

    def put_embeddings(self, document: str, vectors: Mapping[str, Sequence[float]]) -> None:
        """Keep vectors (unit length) by the attribution or statement that they belong to."""
        if not vectors:
            return
        with self.store.transaction() as connection:
            connection.execute(
                delete(embeddings).where(embeddings.c.document_id == document, embeddings.c.owner.in_(vectors))
            )
            connection.execute(insert(embeddings), vector_rows(document, vectors))

    def vectors(self, statement_ids: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """The vectors of statements, by their ids; a statement that is not coded yet has none."""
        query = (
            select(statements.c.id, embeddings.c.vector)
            .join(
                embeddings,
                and_(
                    embeddings.c.document_id == statements.c.document_id,
                    embeddings.c.owner == func.coalesce(statements.c.attribution, statements.c.id),
                ),
            )
            .where(statements.c.id.in_(statement_ids))
        )
        with self.store.reading() as connection:
            return {key: _vector(data) for key, data in connection.execute(query)}

    def forget_embeddings(self, document: str) -> None:
        """Drop the document's vectors: some of the words that they were made from are other ones now."""
        with self.store.transaction() as connection:
            connection.execute(delete(embeddings).where(embeddings.c.document_id == document))

    def embeddings(self, document: str) -> dict[str, tuple[float, ...]]:
        """The vectors of a document's attributions and statements."""
        query = select(embeddings.c.owner, embeddings.c.vector).where(embeddings.c.document_id == document)
        with self.store.reading() as connection:
            return {key: _vector(data) for key, data in connection.execute(query)}

    def get(self, document_id: str, document: Document) -> Analysis:
        """The analysis of a document. Raises `KeyError` when it has none."""
        text = document.text
        vectors = self.embeddings(document_id)
        with self.store.reading() as connection:
            row = connection.execute(select(analyses).where(analyses.c.document_id == document_id)).first()
            if row is None:
                raise KeyError(document_id)
            found = connection.execute(select(attributions).where(attributions.c.document_id == document_id)).all()
        return Analysis(
            attributions=tuple(
                Attribution(
                    id=each.local,
                    cue=spans(each.cue, text),
                    content=spans(each.content, text),
                    kind=each.kind,
                    confidence=each.confidence,
                    source=spans(each.source, text),
                    parent=each.parent,
                    embedding=vectors.get(each.local, ()),
                )
                for each in sorted(found, key=lambda a: (len(a.local), a.local))
            ),
            sentences=spans(row.sentences, text),
            mentions=tuple(Mention(Span(s, e, text[s:e]), kind) for s, e, kind in row.mentions),
            coreference=tuple((Span(a, b, text[a:b]), Span(c, d, text[c:d]), p) for a, b, c, d, p in row.coreference),
            notes=tuple(row.notes),
            producer=Producer(*row.producer.split(" ", 2)),
        )

    def count(self) -> int:
        """How many attributions there are."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(attributions)).scalar_one()


def analysis_rows(document: str, analysis: Analysis) -> dict[str, list[Row]]:
    """The rows of an analysis, by table."""
    return {
        "analyses": [
            {
                "document_id": document,
                "sentences": places(analysis.sentences),
                "mentions": [[m.span.start, m.span.end, m.kind] for m in analysis.mentions],
                "coreference": [[a.start, a.end, b.start, b.end, p] for a, b, p in analysis.coreference],
                "notes": list(analysis.notes),
                "producer": producer_key(analysis.producer),
            }
        ],
        "attributions": [_row(document, each) for each in analysis.attributions],
        "embeddings": vector_rows(document, {a.id: a.embedding for a in analysis.attributions if a.embedding}),
    }


def vector_rows(document: str, vectors: Mapping[str, Sequence[float]]) -> list[Row]:
    """The rows of vectors, as 16-bit floats, by the attribution or statement that they belong to."""
    return [
        {"document_id": document, "owner": key, "vector": np.asarray(vector, np.float16).tobytes()}
        for key, vector in vectors.items()
    ]


def _row(document: str, attribution: Attribution) -> dict[str, object]:
    return {
        "document_id": document,
        "local": attribution.id,
        "parent": attribution.parent,
        "source": places(attribution.source),
        "cue": places(attribution.cue),
        "content": places(attribution.content),
        "kind": attribution.kind,
        "confidence": attribution.confidence,
    }


def _vector(data: bytes) -> tuple[float, ...]:
    return tuple(np.frombuffer(data, np.float16).astype(np.float32).tolist())
