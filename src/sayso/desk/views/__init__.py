"""What the workbench's pages show: one function a page, from a desk to plain content that can be written as JSON.

In: a desk and what a page's address asks. Out: dicts and lists of what JSON has, with dates in ISO 8601. Nothing here
writes, and nothing here knows of HTTP: `sayso.web` turns the content into pages. Raises `Missing` for an unknown id.
"""

from sayso.desk.views._shared import Missing, fresh
from sayso.desk.views.captures import capture, capture_bytes, captured_page, image_type
from sayso.desk.views.correcting import (
    attributing,
    confirming,
    corrected_in,
    correcting,
    corrections_made,
    history,
    transcribing,
)
from sayso.desk.views.directory import actor, actor_form, actors, outlet, outlet_form, outlets
from sayso.desk.views.documents import document, documents
from sayso.desk.views.feeds import feeds_page
from sayso.desk.views.items import item, items
from sayso.desk.views.jobs import asked_of, job, jobs, queues, saved, saved_search
from sayso.desk.views.lines import line, lines
from sayso.desk.views.overview import overview, warm
from sayso.desk.views.pairs import pairs
from sayso.desk.views.people import log, people
from sayso.desk.views.search import count, day_of, export_rows, exported, search, search_of
from sayso.desk.views.statement import statement
from sayso.desk.views.topics import topic, topic_form, topics
from sayso.desk.views.versions import changed, cited_in, edits, translations, versions
from sayso.store.search import Search

__all__ = [
    "Missing",
    "Search",
    "actor",
    "actor_form",
    "actors",
    "asked_of",
    "attributing",
    "capture",
    "capture_bytes",
    "captured_page",
    "changed",
    "cited_in",
    "confirming",
    "corrected_in",
    "correcting",
    "corrections_made",
    "count",
    "day_of",
    "document",
    "documents",
    "edits",
    "export_rows",
    "exported",
    "feeds_page",
    "fresh",
    "history",
    "image_type",
    "item",
    "items",
    "job",
    "jobs",
    "line",
    "lines",
    "log",
    "outlet",
    "outlet_form",
    "outlets",
    "overview",
    "pairs",
    "people",
    "queues",
    "saved",
    "saved_search",
    "search",
    "search_of",
    "statement",
    "topic",
    "topic_form",
    "topics",
    "transcribing",
    "translations",
    "versions",
    "warm",
]
