"""People's work: codings here, corrections in `_corrections`; kept with the spans and words that the person saw.

No run overwrites them. When a new producer or page version no longer has the statement, the work is not moved in
silence: where the same words stand in another statement of the same capture it "needs confirmation", else it is
"not found".
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import insert, select

from sayso.records import Coding
from sayso.store._corrections import Corrections
from sayso.store._progress import TRACK, now
from sayso.store.schema import human_codings


class People(Corrections):
    """The table `human_codings`, and the work of `Corrections`."""

    def code(self, coding: Coding) -> str:
        """Keep a person's coding; gives its id. Raises `SaysoError` when there is no such statement."""
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            connection.execute(
                insert(human_codings).values(
                    id=key,
                    family=coding.family,
                    code=coding.code,
                    coder=coding.coder,
                    codebook_version=coding.codebook_version,
                    coded_at=(coding.coded_at.astimezone(dt.UTC).replace(tzinfo=None) if coding.coded_at else now()),
                    memo=coding.memo,
                    **self._seen(coding.statement),
                )
            )
            self.store.progress.changed(TRACK)
        return key

    def codings(self, statement_id: str) -> list[dict[str, Any]]:
        """The codings of a statement by people, oldest first, undone ones too."""
        with self.store.reading() as connection:
            query = select(human_codings).where(human_codings.c.statement_id == statement_id)
            rows = connection.execute(query.order_by(human_codings.c.coded_at))
            return [dict(row) for row in rows.mappings()]
