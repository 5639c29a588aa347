"""The endpoint as the third strength: learned, applied and left again from the command line."""

import csv
import io
import json

from test_code_cli import desk, made, sayso  # noqa: F401
from test_endpoint import server  # noqa: F401


def codes(capsys):
    rows = list(csv.DictReader(io.StringIO(sayso(capsys, "code", "export", "-")[1])))
    return {(r["coder"].split("@")[0], r["code"]) for r in rows if r["coder"].startswith("model:")}


def test_the_endpoint_codes_until_another_coder_is_learned(desk, server, capsys, monkeypatch):  # noqa: F811
    status, _, err = sayso(capsys, "code", "learn", "--coder", "endpoint")
    assert status == 2 and "names no endpoint" in err
    sayso(capsys, "code", "review", "--coder", "ann", keys="tp!", monkeypatch=monkeypatch)
    settings = (desk / "sayso.toml").read_text()
    settings = settings.replace('endpoint = ""', f'endpoint = "{server.url}"').replace('model = ""', 'model = "tiny"')
    (desk / "sayso.toml").write_text(settings.replace("per_minute = 60", "per_minute = 60000"))
    status, _, err = sayso(capsys, "code", "learn", "--coder", "endpoint")
    assert status == 0 and "from 2 coded statements" in err and not server.asked
    server.answers += [json.dumps({"code": "inform", "probability": 0.8})]
    assert sayso(capsys, "code", "apply")[0] == 0
    assert codes(capsys) == {("model:tiny", "inform")} and len(server.asked) == 1  # not what its prompt shows
    prompt = server.asked[0]["messages"][0]["content"]
    assert "Coded by people:" in prompt and prompt.count(' is {"code": ') == 2
    assert sayso(capsys, "code", "learn")[0] == 0  # fast again
    assert sayso(capsys, "code", "apply")[0] == 0
    assert {coder for coder, _ in codes(capsys)} == {"model:fast"} and len(server.asked) == 1
    assert sayso(capsys, "code", "learn", "--coder", "endpoint")[0] == 0
    assert sayso(capsys, "code", "apply")[0] == 0
    assert codes(capsys) == {("model:tiny", "inform")} and len(server.asked) == 1  # answers are remembered
