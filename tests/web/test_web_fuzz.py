"""Whatever is sent to the workbench, it never breaks: no answer is a 5xx. Forms and JSON, every route, strange values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import schemathesis.specs.openapi.schemas  # here and not deep in a test: what pytest rewrites on import needs the stack
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import response_schema_conformance
from starlette.testclient import TestClient
from team import copy_folder

from sayso.desk import Desk, accounts
from sayso.web import create_app
from sayso.web.app import PAGES

BASE = "http://127.0.0.1:8350"
PASSWORD = "a long enough one"
BOUNDED = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

STRANGE = st.sampled_from([
    "", "0", "-1", "1", "9" * 25, "\0", "../..", "<script>", "\u202e", "'", '"', "%00", "é" * 400, "union", "leavers",
    "null", "NaN", "1e999", "2024-13-45", "0000", "9999-12", "*", '"', "-", "a" * 5000, "true", "[]", "{}", "\n",
])  # fmt: skip


@pytest.fixture(scope="module")
def client(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A copy of the small desk that may be spoilt, with its admin logged in; nobody works at its jobs."""
    folder = copy_folder(desk, tmp_path_factory.mktemp("fuzz") / "desk")
    with Desk.open(folder) as opened:
        opened.store.accounts.add("admin", "admin", accounts._hash(PASSWORD))
        client = TestClient(create_app(opened), base_url=BASE, raise_server_exceptions=False, follow_redirects=False)
        token = client.get("/login.json").json()["token"]
        asked = {"name": "admin", "password": PASSWORD}
        answer = client.post("/login.json", json=asked, headers={"X-Sayso-Token": token})
        client.headers["X-Sayso-Token"] = answer.json()["token"]
        yield client


def addresses(client: TestClient) -> dict[str, list[str]]:
    """Values for the parameters of paths that lead somewhere."""
    document = client.get("/documents.json").json()["documents"][0]
    return {
        "actor": ["union"],
        "topic": ["leavers"],
        "sha256": [document["sha256"]],
        "suffix": ["pdf"],
        "key": [document["id"], client.get("/search.json").json()["statements"][0]["id"], "union", "1"],
    }


def test_the_description_of_the_api_is_whole(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    operations = [each for methods in found["paths"].values() for each in methods.values()]
    assert len(operations) > 40
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each.get("summary") and each.get("tags") for each in operations)
    described = [each["responses"].get("200", {}).get("content", {}) for each in operations]
    assert sum("$ref" in str(each) for each in described) > 20  # answers have a shape, not only a type
    assert all("422" not in each["responses"] for each in operations)  # what is not understood is a 400


@pytest.fixture(scope="module")
def schema(client: TestClient) -> Any:
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    schema.app = client.app  # it asks the application itself
    return schema


def test_no_request_that_the_description_allows_breaks_it_and_answers_are_as_described(
    client: TestClient, schema: Any
) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = {"cookie": cookies, "x-sayso-token": client.headers["X-Sayso-Token"]}
    answered: Counter[str] = Counter()
    operations = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/login.json":
            continue  # it would be stopped after some guesses; test_every_form below comes to it

        @BOUNDED
        @given(operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
        def allowed(case: Any) -> None:
            answer = case.call(base_url=BASE, headers=headers)
            assert answer.status_code < 500, (case.method, case.formatted_path, answer.text[:200])
            assert answer.status_code not in (401, 421), answer.text[:200]
            if "json" in answer.headers.get("content-type", [""])[0]:
                case.validate_response(answer, checks=(response_schema_conformance,))
            answered["all"] += 1
            answered["worked"] += answer.status_code == 200

        allowed()
        operations += 1
    assert operations > 40 and answered["all"] > 3 * operations and answered["worked"] > operations


def test_every_page_takes_strange_addresses(client: TestClient) -> None:
    known = addresses(client)
    routes = [route for module in PAGES for route in module.router.routes if "GET" in route.methods]  # type: ignore[attr-defined]
    queries = [
        "q",
        "actor",
        "topic",
        "since",
        "until",
        "offset",
        "depth",
        "order",
        "by",
        "without",
        "codes",
        "item",
        "state",
    ]

    @settings(BOUNDED, max_examples=250)
    @given(
        st.sampled_from(routes),
        st.lists(STRANGE | st.text(max_size=20), min_size=4, max_size=4),
        st.booleans(),
        st.dictionaries(st.sampled_from(queries), STRANGE | st.text(max_size=30), max_size=3),
    )
    def asked(route: Any, values: list[str], real: bool, query: dict[str, str]) -> None:
        from urllib.parse import quote

        def value(match: re.Match[str]) -> str:
            name = match[1].partition(":")[0]
            chosen = values.pop()
            return known[name][len(chosen) % len(known[name])] if real and name in known else quote(chosen, safe="")

        path = re.sub(r"{([^}]*)}", value, route.path)
        answer = client.get(path, params=query)
        assert answer.status_code < 500, (path, query, answer.text[:200])

    asked()


def test_every_form_takes_strange_fields(client: TestClient) -> None:
    routes = [route for module in PAGES for route in module.router.routes if "POST" in route.methods]  # type: ignore[attr-defined]
    forms = [route for route in routes if not route.path.endswith(".json") and route.path != "/logout"]  # type: ignore[attr-defined]
    names = {
        name
        for each in client.get("/openapi.json").json()["components"]["schemas"].values()
        for name in each.get("properties", {})
    }
    fields = st.dictionaries(st.sampled_from(sorted(names)), STRANGE | st.text(max_size=30), max_size=5)

    @settings(BOUNDED, max_examples=200)
    @given(st.sampled_from(forms), fields, STRANGE, st.sampled_from(["form", "json", "files", "broken", "raw"]))
    def sent(route: Any, data: dict[str, str], value: str, how: str) -> None:
        from urllib.parse import quote

        path = re.sub(r"{[^}]*}", lambda _: quote(value, safe="") or "1", route.path)
        if how == "form":
            answer = client.post(path, data=data)
        elif how == "json":
            answer = client.post(f"{path}.json", json={**data, "x": [data]})
        elif how == "files":
            answer = client.post(path, data=data, files={"files": (value or "x", b"\0" + value.encode(), "text/html")})
        elif how == "broken":
            kind = {"content-type": "multipart/form-data; boundary=x"}
            answer = client.post(
                path, content=b"--x\r\nContent-Disposition: form-data\r\n\r\n" + value.encode(), headers=kind
            )
        else:
            kind = {"content-type": "application/json"}
            answer = client.post(f"{path}.json", content=b'{"name": "\\ud800", "x": ' + value.encode(), headers=kind)
        assert answer.status_code < 500, (path, how, data, answer.text[:200])

    sent()
