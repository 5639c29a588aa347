"""Versions of an item: which items changed their text after they were captured, which addresses no longer give them.

In: nothing but what is stored. Out: addresses to look at, and counts. Reads only.
"""

from __future__ import annotations

from sqlalchemy import Select, and_, distinct, func, select

from sayso.store._part import Part
from sayso.store.schema import captures, documents


class Versions(Part):
    """What `documents` and `captures` tell of changed and vanished items."""

    def edited(self) -> list[str]:
        """The addresses that gave different words at different times, in the order of the alphabet."""
        with self.store.reading() as connection:
            return sorted(str(url) for url in connection.execute(_edited()).scalars())

    def vanished(self) -> list[str]:
        """The addresses that answered once that their item is gone, also those that gave it again later."""
        query = select(captures.c.url).where(captures.c.role == "gone").distinct().order_by(captures.c.url)
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def counts(self) -> dict[str, int]:
        """`edited`: addresses whose words changed; `vanished`: those whose last answer was that their item is gone."""
        with self.store.reading() as connection:
            edited = connection.execute(select(func.count()).select_from(_edited().subquery())).scalar_one()
            if connection.execute(select(captures.c.url).where(captures.c.role == "gone").limit(1)).first() is None:
                return {"edited": edited, "vanished": 0}
        last = select(captures.c.url, func.max(captures.c.fetched_at).label("at")).group_by(captures.c.url)
        gone = select(captures.c.url).where(captures.c.role == "gone").distinct()
        newest = last.where(captures.c.url.in_(gone), captures.c.role != "feed").subquery()
        still = select(func.count()).select_from(
            captures.join(newest, and_(captures.c.url == newest.c.url, captures.c.fetched_at == newest.c.at))
        )
        with self.store.reading() as connection:
            return {
                "edited": edited,
                "vanished": connection.execute(still.where(captures.c.role == "gone")).scalar_one(),
            }


def _edited() -> Select[tuple[str]]:
    items = captures.c.role == "item"
    several = select(captures.c.url).where(items).group_by(captures.c.url)
    return (
        select(captures.c.url)
        .join(documents, documents.c.sha256 == captures.c.sha256)
        .where(items, captures.c.url.in_(several.having(func.min(captures.c.sha256) != func.max(captures.c.sha256))))
        .group_by(captures.c.url)
        .having(func.count(distinct(documents.c.text)) > 1)
    )
