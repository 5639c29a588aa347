"""What people read in bytes that no machine can read: it stands for what a machine would read there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store.schema import transcripts


class Transcripts(Part):
    """The table `transcripts`."""

    def transcribe(self, sha256: str, text: str, about: Mapping[str, str], person: str) -> str:
        """Keep what a person reads in bytes; it stands for what a machine would read there. Gives its id."""
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            row = {"id": key, "sha256": sha256, "text": text, "about": dict(about), "person": person}
            connection.execute(insert(transcripts).values(row | {"made_at": now()}))
            self.store.progress.forget([sha256])
        return key

    def transcript(self, sha256: str) -> dict[str, Any] | None:
        """The newest transcript of these bytes that holds."""
        query = (
            select(transcripts)
            .where(transcripts.c.sha256 == sha256, transcripts.c.undone_at.is_(None))
            .order_by(transcripts.c.made_at.desc(), transcripts.c.id)
        )
        with self.store.reading() as connection:
            row = connection.execute(query).mappings().first()
        return dict(row) if row is not None else None
