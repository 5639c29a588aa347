"""The figures of a desk: what was collected, read, attributed, coded and left out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sayso.records import Failure
from sayso.store import Alert

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers are of the whole desk, not of the last run alone; `alerts` are those that the last run raised."""

    collected: int  # different contents that were captured
    read: int  # documents
    attributions: int
    statements: int
    repeated: int  # statements that copies repeat: counted once in lines
    copies: int  # documents that republish another
    mentioned: int  # items that are known only from others
    on_topic: int
    coded: int
    unsure: int  # coded below the family's threshold only: left out of lines
    undated: int  # without a date: left out of lines
    unknown_speakers: int  # whose speaker is no actor of the desk
    depths: dict[int, int]
    shifts: int
    refused: tuple[Failure, ...]
    alerts: tuple[str, ...]
    notes: tuple[str, ...]  # alerts that the last run could not deliver, and why
    edited: int  # addresses that gave other words at another time
    vanished: int  # addresses that gave an item once, and now say that it is gone
    ailing: tuple[str, ...]  # feeds that went quiet, doubled, fail or were not looked at

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return asdict(self) | {"depths": {str(depth): n for depth, n in self.depths.items()}}


def summarize(desk: Desk, alerts: Sequence[Alert] = (), notes: Sequence[str] = (), *, quickly: bool = False) -> Summary:
    """Count what the desk holds; `quickly` in memory, as the workbench does, which has all statements there anyway."""
    store = desk.store
    with store.reading():
        joins, counts = store.joins.counts(), store.statements.counts(quickly=quickly)
        versions = store.versions.counts()
        return Summary(
            collected=store.captures.count(),
            read=store.documents.count(),
            attributions=store.analyses.count(),
            statements=counts["statements"],
            repeated=joins["repeated"],
            copies=joins["copies"],
            mentioned=counts["mentioned"],
            on_topic=counts["on_topic"],
            coded=counts["coded"],
            unsure=counts["unsure"],
            undated=counts["undated"],
            unknown_speakers=counts["unknown_speakers"],
            depths=store.statements.depths(quickly=quickly),
            shifts=store.lines.count(),
            refused=tuple(store.progress.refused()),
            alerts=tuple(alert.text for alert in alerts),
            notes=tuple(notes),
            edited=versions["edited"],
            vanished=versions["vanished"],
            ailing=desk.ailing(),
        )
