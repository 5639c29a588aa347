"""Accounts in the workbench: who gets in, who may do what, and that nobody acts in another's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sayso.desk import Desk, accounts
from sayso.desk.accounts import ROLES
from sayso.errors import UsageError
from sayso.web import create_app
from sayso.web.app import PAGES

PASSWORD = "a long enough one"
BASE = "http://127.0.0.1:8350"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Desk]:
    Desk.create(tmp_path / "desk").close()
    with Desk.open(tmp_path / "desk") as desk:
        yield desk


@pytest.fixture
def team(empty: Desk) -> Desk:
    """A desk with an account of each role, named for it."""
    hashed = accounts._hash(PASSWORD)
    for role in ROLES:
        empty.store.accounts.add(role, role, hashed)
    return empty


def browser(desk: Desk, **options: object) -> TestClient:
    app = create_app(desk, **options)  # type: ignore[arg-type]
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def logged_in(desk: Desk, name: str) -> TestClient:
    client = browser(desk)
    data = {"token": token_of(client.get("/login").text), "name": name, "password": PASSWORD}
    assert client.post("/login", data=data).status_code == 303
    return client


def send(client: TestClient, address: str, **data: str) -> int:
    token = client.get("/session.json").json()["token"]
    return client.post(address, data={"token": token, **data}).status_code


# --- without accounts -------------------------------------------------------------------------------------------


def test_a_desk_without_accounts_is_its_one_persons(empty: Desk) -> None:
    client = browser(empty)
    assert client.get("/").status_code == 200
    assert client.get("/session.json").json()["role"] == "admin"


def test_its_persons_name_is_that_of_the_settings(tmp_path: Path) -> None:
    Desk.create(tmp_path / "desk").close()
    file = tmp_path / "desk" / "sayso.toml"
    file.write_text(file.read_text().replace('person = ""', 'person = "Ada"'))
    with Desk.open(tmp_path / "desk") as desk:
        assert browser(desk).get("/session.json").json()["name"] == "Ada"


def test_open_to_other_machines_a_desk_without_accounts_lets_nobody_in(empty: Desk) -> None:
    client = browser(empty, local=False)
    assert client.get("/").headers["location"] == "/login"
    assert "no accounts yet" in client.get("/login").text


def test_the_first_account_is_an_admins_and_from_then_on_everybody_logs_in(empty: Desk) -> None:
    client = browser(empty)
    assert send(client, "/people/add", name="Ada", role="reader", password=PASSWORD) == 400
    assert send(client, "/people/add", name="Ada", role="admin", password=PASSWORD) == 303
    assert client.get("/").status_code == 303
    assert client.get("/.json").status_code == 401


def test_a_new_account_may_as_little_as_possible_unless_one_says_otherwise(team: Desk) -> None:
    form = logged_in(team, "admin").get("/people").text.partition('action="/people/add"')[2].partition("</form>")[0]
    assert re.findall(r"<option( selected)?>(\w+)", form)[0] == ("", "reader")


# --- logging in -------------------------------------------------------------------------------------------------


def test_nothing_but_the_login_page_answers_a_stranger(team: Desk) -> None:
    client = browser(team)
    routes = [route for module in PAGES for route in module.router.routes]
    paths = {re.sub(r"{[^}]*}", "x", route.path) for route in routes} | {"/openapi.json", "/nope"}  # type: ignore[attr-defined]
    assert len(paths) > 40
    for path in paths - {"/login", "/login.json", "/healthz", "/metrics"}:
        if path.startswith("/static/"):
            continue
        answer = client.get(path)
        assert answer.status_code in (303, 401), path
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/login"), path
        assert client.post(path, json={}).status_code == 401, path


def test_after_the_login_one_is_where_one_wanted_to_be(team: Desk) -> None:
    client = browser(team)
    to = client.get("/search?q=a%20b&order=newest").headers["location"]
    page = client.get(to).text
    back = re.search(r'name="next" value="([^"]*)"', page)
    assert back
    data = {"token": token_of(page), "name": "coder", "password": PASSWORD, "next": back[1].replace("&amp;", "&")}
    assert client.post("/login", data=data).headers["location"] == "/search?q=a%20b&order=newest"


@pytest.mark.parametrize(
    "next", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\r\nx"]
)
def test_the_login_leads_nowhere_else(team: Desk, next: str) -> None:
    client = browser(team)
    data = {"token": token_of(client.get("/login").text), "name": "coder", "password": PASSWORD, "next": next}
    assert client.post("/login", data=data).headers["location"] == "/"


def test_a_wrong_password_is_told_as_an_unknown_name_is(team: Desk) -> None:
    client = browser(team)
    token = token_of(client.get("/login").text)
    answers = [
        client.post("/login", data={"token": token, "name": name, "password": "wrong password"})
        for name in ("coder", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace('value="coder"', "") == answers[1].text.replace('value="nobody"', "")
    assert "set-cookie" not in answers[0].headers


def test_guessing_is_stopped_also_when_the_guess_is_right_at_last(team: Desk) -> None:
    client = browser(team)
    token = token_of(client.get("/login").text)
    guess = {"token": token, "name": "admin", "password": "wrong password"}
    codes = [client.post("/login", data=guess).status_code for _ in range(accounts.PER_PAIR + 1)]
    assert codes == [401] * accounts.PER_PAIR + [429]
    assert client.post("/login", data=guess | {"password": PASSWORD}).status_code == 429
    assert client.post("/login", data=guess | {"name": "coder", "password": PASSWORD}).status_code == 303


def test_the_session_is_a_new_one_whatever_the_browser_held(team: Desk) -> None:
    client = browser(team)
    client.cookies.set("sayso-session", "A" * 43)
    data = {"token": token_of(client.get("/login").text), "name": "coder", "password": PASSWORD}
    answer = client.post("/login", data=data)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("sayso-session="))
    assert "A" * 43 not in cookie
    assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower() and "secure" not in cookie.lower()
    with team.store.reading() as connection:
        kept = connection.exec_driver_sql("SELECT token FROM sessions").scalars().all()
    assert len(kept) == 1 and kept[0] not in cookie


def test_behind_https_the_cookie_goes_over_https_alone(team: Desk) -> None:
    app = create_app(team, local=False, hosts=["desk.example"])
    client = TestClient(app, base_url="https://desk.example", follow_redirects=False)
    data = {"token": token_of(client.get("/login").text), "name": "coder", "password": PASSWORD}
    cookies = client.post("/login", data=data).headers.get_list("set-cookie")
    session = next(value for value in cookies if value.startswith("__Host-sayso-session="))
    assert "secure" in session.lower() and "path=/" in session.lower() and "domain" not in session.lower()
    assert client.get("/", headers={"host": "other.example"}).status_code == 421


def test_the_token_of_one_session_is_none_in_another(team: Desk) -> None:
    mallory, admin = logged_in(team, "reader"), logged_in(team, "admin")
    stolen = mallory.get("/session.json").json()["token"]
    data = {"token": stolen, "name": "reader", "role": "admin"}
    assert admin.post("/people/role", data=data).status_code == 403
    assert team.store.accounts.get("reader").role == "reader"  # type: ignore[union-attr]


def test_the_token_of_the_login_page_is_worthless_without_its_cookie(team: Desk) -> None:
    token = token_of(browser(team).get("/login").text)
    answer = browser(team).post("/login", data={"token": token, "name": "coder", "password": PASSWORD})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_a_program_logs_in_with_json(team: Desk) -> None:
    client = browser(team)
    token = client.get("/login.json").json()["token"]
    asked = {"name": "admin", "password": PASSWORD}
    token = client.post("/login.json", json=asked, headers={"X-Sayso-Token": token}).json()["token"]
    asked = {"name": "New One", "role": "coder", "password": PASSWORD}
    answer = client.post("/people/add.json", json=asked, headers={"X-Sayso-Token": token})
    assert answer.json() == {"name": "New One", "at": "/people"}
    assert client.post("/people/add.json", json=asked, headers={"X-Sayso-Token": token}).status_code == 400


# --- roles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES[:-1])
def test_only_admins_look_after_people(team: Desk, role: str) -> None:
    client = logged_in(team, role)
    assert client.get("/people").status_code == client.get("/log.json").status_code == 403
    for address in ("add", "role", "password", "remove"):
        asked = {"name": "coder", "role": "admin", "password": PASSWORD}
        assert send(client, f"/people/{address}", **asked) == 403
    assert [each.role for each in team.store.accounts.all()] == sorted(ROLES)


def test_a_reader_changes_nothing_but_their_own_searches_jobs_and_password(team: Desk) -> None:
    own = {"/login", "/logout", "/account/password", "/jobs/export", "/jobs/brief", "/jobs/1/cancel", "/jobs/1/retry",
           "/jobs/1/remove", "/saved", "/saved/1/seen", "/saved/1/remove"}  # fmt: skip
    client = logged_in(team, "reader")
    headers = {"X-Sayso-Token": client.get("/session.json").json()["token"]}
    routes = [route for module in PAGES for route in module.router.routes if "POST" in route.methods]  # type: ignore[attr-defined]
    assert len(routes) > 40
    for route in routes:
        path = re.sub(r"{[^}]*}", "1", route.path)  # type: ignore[attr-defined]
        if path.removesuffix(".json") in own:
            continue
        assert client.post(path, json={}, headers=headers).status_code == 403, path


def test_another_role_or_password_ends_the_sessions(team: Desk) -> None:
    admin = logged_in(team, "admin")
    for address, asked in (("role", {"role": "editor"}), ("password", {"password": PASSWORD + "!"})):
        client = logged_in(team, "coder")
        assert client.get("/").status_code == 200
        assert send(admin, f"/people/{address}", name="coder", **asked) == 303
        assert client.get("/").status_code == 303
    removed = logged_in(team, "reader")
    assert send(admin, "/people/remove", name="reader") == 303
    assert removed.get("/").status_code == 303


def test_logging_out_ends_the_session_for_good(team: Desk) -> None:
    client = logged_in(team, "coder")
    held = client.cookies["sayso-session"]
    assert send(client, "/logout") == 303
    client.cookies.set("sayso-session", held)
    assert client.get("/").status_code == 303


def test_changing_ones_own_password_needs_it_and_ends_ones_other_sessions(team: Desk) -> None:
    here, there = logged_in(team, "coder"), logged_in(team, "coder")
    assert send(here, "/account/password", before="no, not this", password=PASSWORD * 2) == 400
    assert send(here, "/account/password", before=PASSWORD, password="short") == 400
    assert send(here, "/account/password", before=PASSWORD, password=PASSWORD * 2) == 303
    assert here.get("/").status_code == 200 and there.get("/").status_code == 303


def test_a_session_that_was_not_used_for_long_is_over(team: Desk) -> None:
    client = logged_in(team, "coder")
    with team.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE sessions SET ends_at = '2020-01-01 00:00:00.000000'")
    assert client.get("/").status_code == 303


def test_the_last_admin_stays_one(team: Desk) -> None:
    for wrong in (lambda: accounts.set_role(team, "admin", "reader"), lambda: accounts.remove_account(team, "admin")):
        with pytest.raises(UsageError, match="last admin"):
            wrong()


@pytest.mark.parametrize("name", ["", " ", "model:fast", "<script>", "x" * 65, "../x", "\u202ename"])
def test_what_cannot_be_a_name(team: Desk, name: str) -> None:
    with pytest.raises(UsageError):
        accounts.add_account(team, name, "coder", PASSWORD)


def test_the_log_says_who_did_what(team: Desk) -> None:
    admin = logged_in(team, "admin")
    send(admin, "/people/role", name="coder", role="editor")
    send(admin, "/people/role", name="nobody", role="editor")
    entries = admin.get("/log.json").json()["entries"]
    assert [(e["person"], e["action"], e["subject"]) for e in entries][:2] == [
        ("admin", "change role", "coder"),
        ("admin", "log in", "testclient"),
    ]
    assert "change role" in admin.get("/log?person=admin").text
    assert all("password" not in str(entry["details"]) for entry in entries)
