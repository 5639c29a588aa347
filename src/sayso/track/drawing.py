"""Charts drawn in a process of their own: a server that draws serves its other pages meanwhile.

In: a Vega-Lite specification. Out: its SVG. The library that draws holds Python's lock until it is done, a tenth of a
second for a line and more for a long one. `python -m sayso.track.drawing` is the other side: specifications as lines of
JSON on standard input, drawings on standard output, each a number of bytes on a line of its own and then the bytes.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import Any

from sayso.errors import SaysoError
from sayso.track.chart import svg

CHART: dict[str, Any] = {"mark": "point", "data": {"values": [{}]}}  # the smallest there is
SECONDS = 60  # that a drawing may take


class Artist:
    """One process that draws. It is started when it is first needed, and ends with the process that started it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def svg(self, spec: dict[str, Any]) -> str:
        """The specification drawn. One that ends the process that draws, or takes longer than a minute, is tried in one more
        and then refused with `SaysoError`: it could end this process, too. The next one is drawn in a new process.
        """
        with self._turn:
            with suppress(_Died):
                return self._drawn(spec)
            try:
                return self._drawn(spec)
            except _Died:
                raise SaysoError("this chart cannot be drawn") from None

    def start(self) -> None:
        """Start the process and load what draws, so that the first chart does not wait for it."""
        self.svg(CHART)

    def _drawn(self, spec: dict[str, Any]) -> str:
        process = self._process
        if process is None:
            process = self._process = subprocess.Popen(
                [sys.executable, "-m", "sayso.track.drawing"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps(spec).encode() + b"\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], SECONDS)[0]:
                raise _Died
            size = int(process.stdout.readline())  # nothing, so a ValueError, where it has died
            drawn = process.stdout.read(size)
            if len(drawn) < size:
                raise _Died
        except (OSError, ValueError):
            self._end()
            raise _Died from None
        except BaseException:  # else its answer would be taken for the next one's
            self._end()
            raise
        return drawn.decode("utf-8", "surrogatepass")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


class _Died(Exception):
    """The process that draws has ended, or does not answer."""


@cache
def artist() -> Artist:
    """The one of this process."""
    return Artist()


def library() -> bytes:
    """Vega, Vega-Lite, Vega-Embed and the interpreter that needs no eval, as one script of a browser; made once, in some
    seconds, and those too are spent in another process.
    """
    with _packing:
        return _library()


_packing = threading.Lock()


@cache
def _library() -> bytes:
    code = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"
    try:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    except subprocess.CalledProcessError:
        raise SaysoError("the chart library cannot be packed") from None


def main() -> None:
    """Draw what comes in until nothing more comes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the drawings
    for line in sys.stdin.buffer:
        drawn = svg(json.loads(line)).encode("utf-8", "surrogatepass")
        answers.write(b"%d\n%b" % (len(drawn), drawn))
        answers.flush()


if __name__ == "__main__":
    main()
