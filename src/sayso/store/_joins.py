"""What joins documents: copies of one dispatch, statements with several witnesses, mentions of one item.

All of it is made anew from the whole desk, so that it does not depend on the order in which documents came.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, func, insert, select, update

from sayso.store._part import Part
from sayso.store.schema import copies, items, statements, witnesses


class Joins(Part):
    """The tables `copies` and `witnesses`, and `items.joined`."""

    def put(
        self,
        *,
        copied: Mapping[str, tuple[str, float]],
        witnessed: Mapping[str, tuple[str, list[list[str]]]],
        joined: Mapping[str, str],
    ) -> None:
        """Keep the joins of the whole desk, in place of the older ones.

        `copied`: document -> (the dispatch that stands for it, part of its words that the dispatch has);
        `witnessed`: statement -> (the statement that stands for it, differences); `joined`: item -> item.
        """
        with self.store.transaction() as connection:
            connection.execute(delete(copies))
            connection.execute(delete(witnesses))
            connection.execute(update(items).where(items.c.joined.is_not(None)).values(joined=None))
            connection.execute(update(statements).where(statements.c.witness_of.is_not(None)).values(witness_of=None))
            if copied:
                connection.execute(
                    insert(copies),
                    [{"document_id": d, "dispatch": of, "shared": part} for d, (of, part) in sorted(copied.items())],
                )
            if witnessed:
                connection.execute(
                    insert(witnesses),
                    [
                        {"statement_id": s, "of": of, "differences": differences}
                        for s, (of, differences) in sorted(witnessed.items())
                    ],
                )
                for statement, (of, _) in witnessed.items():
                    connection.execute(update(statements).where(statements.c.id == statement).values(witness_of=of))
            for item, other in joined.items():
                connection.execute(update(items).where(items.c.id == item).values(joined=other))

    def copies(self) -> dict[str, tuple[str, float]]:
        """Document -> (the dispatch that stands for it, part of its words that the dispatch has)."""
        with self.store.reading() as connection:
            return {row.document_id: (row.dispatch, row.shared) for row in connection.execute(select(copies))}

    def counts(self) -> dict[str, int]:
        """How many documents are copies of another, and how many statements repeat another."""
        with self.store.reading() as connection:
            return {
                "copies": connection.execute(select(func.count()).select_from(copies)).scalar_one(),
                "repeated": connection.execute(select(func.count()).select_from(witnesses)).scalar_one(),
            }
