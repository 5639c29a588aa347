"""Whose a database is: a desk's folder and its PostgreSQL database know each other by an id that both keep.

In: the folder and the store that its sayso.toml names. Out: nothing, or the refusal to work in another desk's records: whoever
copies a `store = …` from one desk to the next would give the first one the second's actors, topics and captures. A desk in a
file needs none of this, for its records lie beside its settings.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from sayso.errors import SaysoError, UsageError
from sayso.store import Store

FILE = "desk.id"
_KEPT = "desk id"  # under which the store keeps it


def belong(folder: Path, store: Store) -> None:
    """See that the database is this desk's; one that has worked for none yet becomes it. Raises `UsageError` for another's."""
    path = folder / FILE
    try:
        mine = path.read_text(encoding="ascii").strip() if path.exists() else ""
        its = store.progress.recall(_KEPT)
        if not its:
            with store.transaction():  # of two that come at once the first decides
                its = store.progress.recall(_KEPT)
                if not its:
                    its = mine or uuid.uuid4().hex
                    store.progress.remember(_KEPT, its)
                    mine = its
                    path.write_text(its + "\n", encoding="ascii")
        mine = mine or (path.read_text(encoding="ascii").strip() if path.exists() else "")  # another was first
        if mine == its:
            return
        if not mine and _has_its_archive(folder, store):
            path.write_text(its + "\n", encoding="ascii")
            return
    except (OSError, UnicodeDecodeError) as error:
        raise SaysoError(f"{path}: {getattr(error, 'strerror', '') or 'not as sayso wrote it'}") from None
    raise UsageError(
        f"{store.name} holds the records of another desk: name a database of its own in {folder / 'sayso.toml'} (store). "
        f"If this is that desk's folder all the same, write {its} into {path}"
    )


def _has_its_archive(folder: Path, store: Store) -> bool:
    """Whether the folder, which has lost its id, holds the captures that the store speaks of."""
    from sayso.archive import Archive  # here alone: opening a desk must not wait for it

    head = store.progress.recall("archive")
    if not head or not (folder / "archive").is_dir():
        return False
    with Archive(folder / "archive") as archive:
        return archive.head == head
