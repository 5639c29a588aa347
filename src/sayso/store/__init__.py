"""The desk's memory: every record of the way of the data, in one database, SQLite or PostgreSQL.

In: the records of the stages. Out: the same records, found again by content-made ids; what is done; what was refused.
"""

from sayso.store._bulk import BulkLoad, copy_store, holds_anything
from sayso.store._captures import Unread
from sayso.store._lines import Alert, LineKey
from sayso.store._places import QuotedPlace
from sayso.store._points import LinePoint
from sayso.store._progress import DESK, JOIN, TRACK
from sayso.store._query import Found, Query
from sayso.store._same_items import Decision, decided
from sayso.store.store import Store

__all__ = [
    "DESK",
    "JOIN",
    "TRACK",
    "Alert",
    "BulkLoad",
    "Decision",
    "Found",
    "LineKey",
    "LinePoint",
    "Query",
    "QuotedPlace",
    "Store",
    "Unread",
    "copy_store",
    "decided",
    "holds_anything",
]
