"""Stage 1, collect: from places to items. Everything that leaves the machine or enters the desk passes here."""

from sayso.collect.address import address_key, canonical
from sayso.collect.gather import gather, is_address
from sayso.collect.settings import CollectSettings, HostSettings
from sayso.records import Fetched, Hop

__all__ = ["CollectSettings", "Fetched", "Hop", "HostSettings", "address_key", "canonical", "gather", "is_address"]
