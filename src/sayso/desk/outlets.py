"""Outlets by name: under which names items bear an outlet that somebody asks for.

In: a name as people type it. Out: names as the desk's items have them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from sayso.errors import UsageError
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

NAMES_TOLD = 3  # of outlets that may have been meant


def outlet_names(desk: Desk, name: str) -> frozenset[str]:
    """The names under which items bear this outlet, in whatever case it is typed and by any of its names in outlets.yaml;
    none where it has no item yet. Raises `UsageError`, with the nearest names, for one that the desk does not know."""
    borne = {row["name"] for row in Browse(desk.store).outlets()}
    known = desk.actors.outlet(name)
    meant = {each.casefold() for each in (name, *((known.name, *known.aliases) if known else ()))}
    found = frozenset(each for each in borne if each.casefold() in meant)
    if not found and not known:
        listed = {each.name for each in desk.store.settings.outlets()}
        raise UsageError(f"no outlet {name!r}: {_nearest(name, borne | listed)}")
    return found


def _nearest(name: str, names: Collection[str]) -> str:
    """Which of the names may have been meant, as the end of a sentence."""
    scored = process.extract(name, sorted(names), scorer=fuzz.WRatio, processor=default_process, score_cutoff=70)
    near = [repr(each) for each, *_ in scored[:NAMES_TOLD]]
    if near:
        return f"the nearest {'name is' if len(near) == 1 else 'names are'} {', '.join(near)}"
    return "neither items nor outlets.yaml have a name like it"
