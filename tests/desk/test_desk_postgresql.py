"""The same desk on PostgreSQL: a run gives what it gives on SQLite, row for row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from postgres_server import Server
from sayso.desk import Desk, Engines, views


def test_a_run_on_postgresql_gives_what_it_gives_on_sqlite(
    make_desk: Callable[..., Desk],
    clippings: Path,
    engines: Engines,
    undisturbed: dict[str, str],
    postgresql: Server,
) -> None:
    on_sqlite = make_desk("desk")
    on_sqlite.add([str(clippings)])
    on_sqlite.run(engines=engines)
    with make_desk("other", store=postgresql.migrated()) as desk:
        desk.add([str(clippings)])
        summary = desk.run(engines=engines)
        assert summary.statements == 26
        assert desk.store.fingerprint() == undisturbed
        assert not (desk.folder / "desk.sqlite").exists()
        pages = {
            # The place of the words is cut by each engine in its own way.
            "search": lambda d: {
                **views.search(d, views.search_of(d, words="crossing", actor="union"), actor="union"),
                "passages": None,
            },
            "lines": views.lines,
            "actors": views.actors,
            "outlets": views.outlets,
            "items": views.items,
            "documents": lambda d: views.documents(d, words="talks"),
            "actor": lambda d: views.actor(d, "union"),
            "line": lambda d: views.line(d, "union", "leavers"),
        }
        for name, page in pages.items():
            assert page(desk) == page(on_sqlite), name
        ours, theirs = views.overview(desk), views.overview(on_sqlite)
        for each in (ours, theirs):
            for moment in ("desk", "last_run", "latest"):
                del each[moment]
        assert ours == theirs
        desk.run(engines=engines)
        assert desk.store.fingerprint() == undisturbed
