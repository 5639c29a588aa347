"""Time stamps by an outside authority (RFC 3161) over the head of the archive's chain. Off unless one is configured.

In: the archive's head, and a way to ask the authority. Out: its token, kept in the chain; later, whether a token
holds. Whoever trusts the authority knows from it that everything before the stamped head stood as it is at that
time. The work on the messages is done by the `openssl` command, which Debian has.
"""

from __future__ import annotations

import base64
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from sayso.archive.archive import Archive
from sayso.errors import SaysoError


def stamp(archive: Archive, authority: str, ask: Callable[[bytes], bytes]) -> str:
    """Has the head of the chain stamped, and puts the token into the chain; gives the head that was stamped.

    `ask` sends a request (application/timestamp-query) to the authority and gives its reply. Raises `SaysoError` where
    the reply is no stamp of this head.
    """
    head = archive.head
    query = _openssl(["ts", "-query", "-digest", head, "-sha256", "-cert"])
    token = ask(query)
    with tempfile.TemporaryDirectory() as folder:
        reply = Path(folder) / "reply.tsr"
        reply.write_bytes(token)
        told = _openssl(["ts", "-reply", "-in", str(reply), "-text"]).decode("utf-8", "replace")
    if "Status: Granted" not in told or head not in _digest_in(told):
        raise SaysoError(f"{authority}: its answer is no time stamp of this archive's head")
    archive.add_timestamp(authority, head, token)
    return head


def check_stamps(archive: Archive, authorities: Path) -> list[str]:
    """What is wrong with the archive's stamps, a sentence each. `authorities`: PEM file of the certificates trusted."""
    heads = {line["hash"] for line in archive.lines()}
    out = []
    with tempfile.TemporaryDirectory() as folder:
        reply = Path(folder) / "reply.tsr"
        for line in archive.timestamps():
            name = f"time stamp {line['seq']} by {line['authority']}"
            reply.write_bytes(base64.b64decode(line["token"]))
            if line["of"] not in heads:
                out.append(f"{name}: the entry it was made over is not in the chain any more")
                continue
            try:
                _openssl(["ts", "-verify", "-digest", line["of"], "-in", str(reply), "-CAfile", str(authorities)])
            except SaysoError as error:
                out.append(f"{name}: does not hold ({error})")
    return out


def _digest_in(told: str) -> str:
    """The hexadecimal digits of the message data that openssl prints in rows."""
    rows = told.partition("Message data:")[2].splitlines()[1:]
    digits = ""
    for row in rows:
        number, dash, rest = row.strip().partition(" - ")
        if not dash or len(number) != 4:
            break
        digits += "".join(char for char in rest.partition("   ")[0] if char in "0123456789abcdef")
    return digits


def _openssl(arguments: list[str]) -> bytes:
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, timeout=60, check=False)
    except FileNotFoundError:
        raise SaysoError("time stamps need the openssl command (Debian: apt install openssl)") from None
    if done.returncode:
        told = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise SaysoError(f"openssl ts: {told[-300:]}")
    return done.stdout
