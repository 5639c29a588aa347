"""The navigation: the workbench's parts, in the order of the work, as far as a person may use them."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.desk.accounts import Person

# Address, label, the role that it needs. A page under an address belongs to that part.
PARTS = (
    ("/", "Overview", "reader"),
    ("/documents", "Documents", "reader"),
    ("/search", "Statements", "reader"),
    ("/lines", "Lines", "reader"),
    ("/coding", "Coding", "reader"),
    ("/issued", "Briefs", "reader"),
    ("/actors", "Actors", "reader"),
    ("/outlets", "Outlets", "reader"),
    ("/items", "Items", "reader"),
    ("/jobs", "Jobs", "reader"),
)
UNDER = {  # pages that belong to a part without standing under its address
    "/feeds": "/documents", "/changes": "/documents", "/pairs": "/documents", "/confirm": "/documents",
    "/captures": "/documents", "/statements": "/search", "/saved": "/search", "/codebook": "/coding",
    "/compose": "/issued", "/briefs": "/issued", "/add": "/jobs", "/new/actor": "/actors", "/new/outlet": "/outlets",
    "/edit/outlet": "/outlets", "/topics": "/lines", "/new/topic": "/lines",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One link of the navigation."""

    address: str
    label: str
    here: bool


def navigation(person: Person | None, path: str) -> tuple[Part, ...]:
    """The links that this person is shown on the page at `path`; none before they have logged in."""
    here = next((part for address, part in UNDER.items() if _in(path, address)), path)
    return tuple(
        Part(address, label, _in(here, address))
        for address, label, role in PARTS
        if person is not None and person.may(role)
    )


def _in(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(address + "/"))
