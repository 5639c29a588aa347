"""Who works at the desk: accounts, sessions, failed logins, and the log of who did what.

In: names, roles, hashes (never a password, never a session's token itself). Out: the same, found again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store.schema import accounts, attempts, audit, sessions


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account; `password` is an argon2 hash."""

    name: str
    role: str
    password: str
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Whose session it is, with the role that the account has now."""

    name: str
    role: str
    made_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to what, when."""

    id: int
    at: dt.datetime
    person: str
    action: str
    subject: str
    details: Mapping[str, Any]


class Accounts(Part):
    """The tables `accounts`, `sessions`, `attempts` and `audit`."""

    def any(self) -> bool:
        """Whether the desk has accounts at all."""
        with self.store.reading() as connection:
            return connection.execute(select(accounts.c.name).limit(1)).first() is not None

    def all(self) -> list[AccountRow]:
        """Every account, by name."""
        with self.store.reading() as connection:
            return [AccountRow(*row) for row in connection.execute(select(accounts).order_by(accounts.c.name))]

    def get(self, name: str) -> AccountRow | None:
        """The account of this name."""
        with self.store.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
        return AccountRow(*row) if row else None

    def add(self, name: str, role: str, password: str) -> None:
        """A new account; the name must be free."""
        with self.store.transaction() as connection:
            connection.execute(insert(accounts).values(name=name, role=role, password=password, made_at=now()))

    def change(self, name: str, *, role: str = "", password: str = "", keep: str = "") -> None:
        """Another role or password. It ends the account's sessions, but the one with the hash `keep`."""
        values = {key: value for key, value in (("role", role), ("password", password)) if value}
        with self.store.transaction() as connection:
            connection.execute(update(accounts).where(accounts.c.name == name).values(**values))
            connection.execute(delete(sessions).where(sessions.c.account == name, sessions.c.token != keep))

    def rehash(self, name: str, password: str) -> None:
        """The same password under newer parameters: sessions go on."""
        with self.store.transaction() as connection:
            connection.execute(update(accounts).where(accounts.c.name == name).values(password=password))

    def remove(self, name: str) -> None:
        """Drop the account and its sessions; what the person did stays in the log."""
        with self.store.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.account == name))
            connection.execute(delete(accounts).where(accounts.c.name == name))

    # --- sessions -----------------------------------------------------------------------------------------------

    def open_session(self, token: str, account: str, address: str, ends_at: dt.datetime) -> None:
        """Keep a session under the hash of its token; those that have ended go."""
        moment = now()
        with self.store.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.ends_at < moment))
            row = {"token": token, "account": account, "address": address, "made_at": moment, "seen_at": moment}
            connection.execute(insert(sessions).values(**row, ends_at=ends_at))

    def session(self, token: str) -> SessionRow | None:
        """The session with this hash."""
        query = (
            select(accounts.c.name, accounts.c.role, sessions.c.made_at, sessions.c.seen_at, sessions.c.ends_at)
            .join(accounts, accounts.c.name == sessions.c.account)
            .where(sessions.c.token == token)
        )
        with self.store.reading() as connection:
            row = connection.execute(query).first()
        return SessionRow(*row) if row else None

    def seen(self, token: str, ends_at: dt.datetime) -> None:
        """The session is in use."""
        with self.store.transaction() as connection:
            connection.execute(update(sessions).where(sessions.c.token == token).values(seen_at=now(), ends_at=ends_at))

    def close_session(self, token: str) -> None:
        """End a session."""
        with self.store.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.token == token))

    # --- failed logins ------------------------------------------------------------------------------------------

    def failed(self, account: str, address: str, since: dt.datetime) -> tuple[int, int, int]:
        """How many logins failed since then: of this account from this address, of the account, from the address."""
        query = select(
            func.count().filter(attempts.c.account == account, attempts.c.address == address),
            func.count().filter(attempts.c.account == account),
            func.count().filter(attempts.c.address == address),
        ).where(attempts.c.at >= since, or_(attempts.c.account == account, attempts.c.address == address))
        with self.store.reading() as connection:
            row = connection.execute(query).one()
        return row[0], row[1], row[2]

    def fail(self, account: str, address: str, forget: dt.datetime) -> None:
        """Note a failed login, and drop those before `forget`."""
        with self.store.transaction() as connection:
            connection.execute(delete(attempts).where(attempts.c.at < forget))
            connection.execute(insert(attempts).values(account=account, address=address, at=now()))

    def forgive(self, account: str, address: str) -> None:
        """After a login that worked: its failures before count no more."""
        with self.store.transaction() as connection:
            connection.execute(delete(attempts).where(attempts.c.account == account, attempts.c.address == address))

    # --- who did what -------------------------------------------------------------------------------------------

    def note(self, person: str, action: str, subject: str, details: Mapping[str, Any]) -> None:
        """Write a line of the audit log."""
        row = {"at": now(), "person": person, "action": action, "subject": subject, "details": dict(details)}
        with self.store.transaction() as connection:
            connection.execute(insert(audit).values(**row))

    def log(self, *, person: str = "", action: str = "", offset: int = 0, limit: int = 100) -> list[AuditRow]:
        """The log, newest first."""
        query = select(audit).order_by(audit.c.id.desc()).offset(offset).limit(limit)
        with self.store.reading() as connection:
            return [AuditRow(*row) for row in connection.execute(_only(query, person, action))]

    def log_size(self, *, person: str = "", action: str = "") -> int:
        """How many lines the log has."""
        with self.store.reading() as connection:
            return int(connection.execute(_only(select(func.count()).select_from(audit), person, action)).scalar_one())

    def log_names(self) -> tuple[list[str], list[str]]:
        """The people and the actions in the log."""
        with self.store.reading() as connection:
            people = connection.execute(select(audit.c.person).distinct().order_by(audit.c.person)).scalars().all()
            actions = connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars().all()
        return list(people), list(actions)


def _only(query: Any, person: str, action: str) -> Any:
    if person:
        query = query.where(audit.c.person == person)
    return query.where(audit.c.action == action) if action else query
