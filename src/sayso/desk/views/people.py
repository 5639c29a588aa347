"""The desk's people and the log of what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.desk.views._shared import Content, iso, paged

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def people(desk: Desk) -> Content:
    """Every account, by name."""
    return {
        "people": [
            {"name": each.name, "role": each.role, "made_at": iso(each.made_at)} for each in desk.store.accounts.all()
        ]
    }


def log(desk: Desk, *, person: str = "", action: str = "", offset: int = 0, limit: int = 100) -> Content:
    """A page of the audit log, and the people and actions that it can be narrowed to."""
    accounts = desk.store.accounts
    who, what = accounts.log_names()
    return {
        "entries": [
            {
                "id": each.id,
                "at": iso(each.at),
                "person": each.person,
                "action": each.action,
                "subject": each.subject,
                "details": dict(each.details),
            }
            for each in accounts.log(person=person, action=action, offset=offset, limit=limit)
        ],
        "page": paged(accounts.log_size(person=person, action=action), offset, limit),
        "query": {name: value for name, value in (("person", person), ("action", action)) if value},
        "people": who,
        "actions": what,
    }
