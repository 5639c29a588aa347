"""Stage 1, collect: from places to items. Everything that comes in from the network or from files passes here."""

from sayso.collect._disk import absent
from sayso.collect._listing import opml_feeds
from sayso.collect.feeds import Feed, feeds_toml
from sayso.collect.gather import collect, gather, is_address
from sayso.collect.post import post
from sayso.collect.reports import HEALTH_DAYS, FeedLog, FeedReport, due, health
from sayso.collect.settings import CollectSettings, HostSettings
from sayso.records import Fetched, Hop

__all__ = [
    "HEALTH_DAYS",
    "CollectSettings",
    "Feed",
    "FeedLog",
    "FeedReport",
    "Fetched",
    "Hop",
    "HostSettings",
    "absent",
    "collect",
    "due",
    "feeds_toml",
    "gather",
    "health",
    "is_address",
    "opml_feeds",
    "post",
]
