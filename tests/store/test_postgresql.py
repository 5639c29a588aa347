"""A desk on PostgreSQL: what goes wrong is said in one line, without the password; what goes right is as on SQLite."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from test_store import document, keep, statement

from postgres_server import Server
from sayso.cli import run
from sayso.desk import Desk
from sayso.errors import SaysoError, SettingsError, UsageError
from sayso.store import Store


def test_texts_are_ordered_by_code_points_whatever_the_servers_language(postgresql: Server) -> None:
    store = Store(postgresql.migrated())
    with store.reading() as connection:
        other = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
                "AND collation_name IS DISTINCT FROM 'C' AND data_type IN ('text', 'character varying') "
                "AND table_name <> 'alembic_version'"
            )
        ).all()
    store.close()
    assert other == []


def test_a_new_database_gets_the_schema_and_two_may_open_it_at_once(postgresql: Server) -> None:
    address = postgresql.empty()
    program = "import sys; from sayso.store import Store; print(Store(sys.argv[1]).statements.count())"
    both = [subprocess.Popen([sys.executable, "-c", program, address], stdout=subprocess.PIPE) for _ in range(2)]
    assert [each.communicate()[0].strip() for each in both] == [b"0", b"0"]


def test_a_nul_in_a_text_becomes_a_sign_of_the_same_length(postgresql: Server) -> None:
    store = Store(postgresql.migrated())
    page = document("The union said that it \x00 will wait.\n")
    key = keep(store, page, statement(page, "will wait"))
    assert store.documents.get(key).text == page.text.replace("\x00", "\ufffd")
    store.close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_keep_every_text_is_refused(postgresql: Server, encoding: str) -> None:
    with pytest.raises(SaysoError, match=f"has the encoding {encoding}, which cannot keep every text"):
        Store(postgresql.encoded(encoding))


def test_a_wrong_password_is_never_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Desk.create(tmp_path / "desk").close()
    settings = tmp_path / "desk" / "sayso.toml"
    written = settings.read_text()
    for place in (
        "ana:s3cret@127.0.0.1:1/desk",
        "ana:s3cret@127.0.0.1:port/desk",
        "ana:x@s3cret@127.0.0.1:1/desk",
        "ana:s3cret@[bad/desk",
    ):
        settings.write_text(written.replace('store = ""', f'store = "postgresql://{place}"'))
        assert run(["statements", "--desk", str(tmp_path / "desk")]) in (1, 2)
        said = capsys.readouterr()
        assert said.out == "" and len(said.err.splitlines()) == 1
        assert "s3cret" not in said.err


def test_a_server_that_does_not_answer_is_named(postgresql: Server) -> None:
    with pytest.raises(SaysoError, match=r"ana:\*\*\*@127\.0\.0\.1:1/desk: the database cannot be reached"):
        Store("postgresql://ana:s3cret@127.0.0.1:1/desk")


def test_a_database_that_is_not_there_is_named(postgresql: Server) -> None:
    address = postgresql.empty()
    with pytest.raises(SaysoError, match="nowhere"):
        Store(address.replace("/sayso_test_", "/nowhere_"))


@pytest.mark.parametrize("value", ["mysql://x/y", "desk.sqlite", "http://x"])
def test_an_address_of_something_else_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    Desk.create(tmp_path / "desk").close()
    settings = tmp_path / "desk" / "sayso.toml"
    lines = settings.read_text().replace('store = ""', f'store = "{value}"')
    settings.write_text(lines)
    number = next(n for n, line in enumerate(lines.splitlines(), 1) if line.startswith("store ="))
    with pytest.raises(SettingsError, match=rf"sayso\.toml:{number}: store: an address begins with postgresql://"):
        Desk.open(tmp_path / "desk")
    with pytest.raises(UsageError, match="cannot be understood"):
        Store(value)


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"pip install \"sayso\[postgres\]\""):
        Store("postgresql://ana@127.0.0.1/desk")


def test_a_lost_connection_is_one_line(postgresql: Server) -> None:
    store = Store(postgresql.migrated())
    with pytest.raises(SaysoError, match="the connection was lost"), store.transaction() as connection:
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other = Store(store.where)
        with other.reading() as admin:
            admin.execute(text(f"SELECT pg_terminate_backend({number})"))
        other.close()
        store.progress.mark("read", "x", "read 1")
    assert store.progress.count("read") == 0  # and the next one has a new connection
    store.close()


def test_a_server_that_goes_in_the_midst_of_a_run_is_one_line_and_the_next_run_goes_on(
    tmp_path: Path, postgresql: Server
) -> None:
    place = postgresql.migrated()
    Desk.create(tmp_path / "desk").close()
    settings = tmp_path / "desk" / "sayso.toml"
    settings.write_text(settings.read_text().replace('store = ""', f'store = "{place}"'))
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(f"Ann Keller said on day {number} that the talks would begin.\n")
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([str(path) for path in sorted(tmp_path.glob("*.txt"))])
        program = "import sys; from sayso.cli import main; main(['run', '--desk', sys.argv[1]])"
        command = [sys.executable, "-c", program, str(desk.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while not desk.store.progress.count("read"):
                assert process.poll() is None
            with postgresql.away(place):
                out, error = process.communicate(timeout=300)
        assert (process.returncode, out, error.count("\n")) == (1, "", 1), error
        assert error.startswith("sayso: postgresql://") and error.endswith("run it again to go on\n")
        assert desk.store.progress.count("code") < 30
        assert subprocess.run(command, capture_output=True, timeout=300).returncode == 0
        assert desk.store.progress.count("code") == 30
