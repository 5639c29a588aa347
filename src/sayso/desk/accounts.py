"""People at the desk: accounts with roles, logging in and out, and the log of who did what.

In: names and passwords as people type them, tokens as browsers hold them. Out: a `Person`, or nobody. A desk without
accounts is one person's own: `local_person`.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import re
import secrets
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sayso.errors import UsageError
from sayso.store._progress import now

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from sayso.desk.desk import Desk

ROLES = ("reader", "coder", "editor", "admin")  # each may do what those before it may
NAME = re.compile(r"[\w][\w .@'’-]{0,63}")
SHORTEST, LONGEST = 10, 500  # characters of a password
IDLE = dt.timedelta(hours=12)  # a session that is not used so long ends …
AT_MOST = dt.timedelta(days=7)  # … and every session ends after so long
NOTED = dt.timedelta(minutes=30)  # how exactly it is known when a session was last in use
WINDOW = dt.timedelta(minutes=15)  # failed logins count so long; so many are let through …
PER_PAIR, PER_ACCOUNT, PER_ADDRESS = (
    5,
    50,
    30,
)  # … of one account from one address, of it from anywhere, from one address
_AT_ONCE = threading.Semaphore(2)  # a password's check takes 64 MB, by intent


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the desk. `session` is the hash of the session's token, "" where there is none."""

    name: str
    role: str
    session: str = ""

    def may(self, role: str) -> bool:
        """Whether this person may do what needs the role."""
        return ROLES.index(self.role) >= ROLES.index(role)


class TooMany(UsageError):
    """Too many failed logins: this one was not even looked at."""


def local_person(desk: Desk) -> Person:
    """The one person of a desk without accounts; the name is that of the settings, else of the login."""
    name = desk.settings.desk.person
    if not name:
        try:
            name = getpass.getuser()
        except (OSError, KeyError):
            name = "local"
    return Person(name, "admin")


def audit(
    desk: Desk, person: Person | str, action: str, subject: str = "", details: Mapping[str, Any] | None = None
) -> None:
    """Note who did what to what. Call it in the transaction of the deed, so that neither is kept without the other.

    `action` is a word or two ("correct speaker"), `subject` an id or address, `details` what JSON can hold.
    """
    name = person if isinstance(person, str) else person.name
    desk.store.accounts.note(name, action[:40], subject, details or {})


# --- accounts ---------------------------------------------------------------------------------------------------


def add_account(desk: Desk, name: str, role: str, password: str) -> str:
    """A new account; gives its name as it is kept. Raises `UsageError` for a name that is taken, a bad role or password."""
    kept = _name(name)
    if not NAME.fullmatch(kept):
        raise UsageError(f"{name!r} cannot be a name: letters, digits, spaces and . _ - @ ', at most 64")
    _check_role(role)
    _check_password(password, kept)
    hashed = _hash(password)
    with desk.store.transaction():
        if any(each.name.casefold() == kept.casefold() for each in desk.store.accounts.all()):
            raise UsageError(f"there is an account {kept!r} already")
        desk.store.accounts.add(kept, role, hashed)
    return kept


def set_role(desk: Desk, name: str, role: str) -> None:
    """Another role, from the next login on. The last admin stays one."""
    _check_role(role)
    with desk.store.transaction():
        before = _account(desk, name)
        if before.role == "admin" and role != "admin":
            _check_not_last(desk, before.name)
        desk.store.accounts.change(before.name, role=role)


def set_password(desk: Desk, name: str, password: str, *, keep: str = "") -> None:
    """Another password; every session of the account ends, but the one whose hash is `keep`."""
    account = _account(desk, name)
    _check_password(password, account.name)
    desk.store.accounts.change(account.name, password=_hash(password), keep=keep)


def is_password(desk: Desk, name: str, password: str) -> bool:
    """Whether this is the account's password."""
    return _verify(_account(desk, name).password, password)


def remove_account(desk: Desk, name: str) -> None:
    """Drop an account. What the person did keeps the name. The last admin goes only as the last account."""
    with desk.store.transaction():
        account = _account(desk, name)
        if account.role == "admin" and len(desk.store.accounts.all()) > 1:
            _check_not_last(desk, account.name)
        desk.store.accounts.remove(account.name)


# --- sessions ---------------------------------------------------------------------------------------------------


def log_in(desk: Desk, name: str, password: str, address: str) -> str | None:
    """A new session's token, or None for a wrong name or password. Raises `TooMany` after too many failures.

    The failure is noted before the password is looked at and struck out afterwards, so that guessing in parallel gains
    nothing; an unknown name takes as long as a wrong password.
    """
    kept, accounts = _name(name)[:64], desk.store.accounts
    with desk.store.transaction():
        both, account, from_address = accounts.failed(kept, address, now() - WINDOW)
        if both >= PER_PAIR or account >= PER_ACCOUNT or from_address >= PER_ADDRESS:
            minutes = int(WINDOW.total_seconds() // 60)
            raise TooMany(f"too many failed logins; try again in {minutes} minutes")
        accounts.fail(kept, address, now() - WINDOW)
    found = accounts.get(kept)
    if not _verify(found.password if found else _nobody(), password) or found is None:
        return None
    if _hasher().check_needs_rehash(found.password):
        accounts.rehash(found.name, _hash(password))
    token = secrets.token_urlsafe(32)
    with desk.store.transaction():
        current = accounts.get(kept)
        if current is None or current.role != found.role:  # changed while we looked
            return None
        accounts.forgive(kept, address)
        accounts.open_session(digest(token), found.name, address, now() + IDLE)
    return token


def session_person(desk: Desk, token: str) -> Person | None:
    """Whose session this token opens; None where it has ended or never was."""
    key = digest(token)
    found = desk.store.accounts.session(key)
    if found is None or found.ends_at <= now():
        return None
    if now() - found.seen_at > NOTED:
        desk.store.accounts.seen(key, min(now() + IDLE, found.made_at + AT_MOST))
    return Person(found.name, found.role, key)


def log_out(desk: Desk, person: Person) -> None:
    """End the session."""
    desk.store.accounts.close_session(person.session)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()))


def _account(desk: Desk, name: str) -> Any:
    found = desk.store.accounts.get(_name(name))
    if found is None:
        raise UsageError(f"there is no account {name!r}")
    return found


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"{role!r} is no role; choose one of {', '.join(ROLES)}")


def _check_password(password: str, name: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"a password has {SHORTEST} to {LONGEST} characters")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise UsageError("this password is too easily guessed")


def _check_not_last(desk: Desk, name: str) -> None:
    if not any(each.role == "admin" and each.name != name for each in desk.store.accounts.all()):
        raise UsageError(f"{name!r} is the last admin; make another one first")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # argon2id with the parameters of RFC 9106, low memory


def _hash(password: str) -> str:
    with _AT_ONCE:
        return _hasher().hash(password.encode("utf-8", "replace"))


def _verify(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        return False
    try:
        with _AT_ONCE:
            return _hasher().verify(hashed, password.encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hash(secrets.token_urlsafe(16))
