"""For the machines that watch over the workbench: /healthz, /metrics (Prometheus text) and a structured log.

In: the desk and the traffic of this process. Out: whether it works, and figures. No figure names anybody or anything of the
desk's content: sums alone, and addresses only as their pattern ("/statements/{key}").

/healthz answers everybody. /metrics answers whoever has logged in, or a program that sends the token in the environment
variable SAYSO_METRICS_TOKEN (`Authorization: Bearer …`). Both answer in front of the gate, which asks the store who is there:
they have something to tell when the store is away.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import resource
import sys
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import sayso
from sayso.desk import Desk
from sayso.errors import SaysoError
from sayso.web._people import visit_of

if TYPE_CHECKING:
    from fastapi import FastAPI

PATHS = ("/healthz", "/metrics")
TOKEN = "SAYSO_METRICS_TOKEN"
_FRESH = {"cache-control": "no-store"}
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
STARTED = time.time()
access = logging.getLogger("sayso.access")
router = APIRouter()


class Traffic:
    """What this process has answered, and what it last counted of the desk. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._figures: list[str] = []
        self._until = 0.0
        self.requests: Counter[tuple[str, int]] = Counter()  # (method, status)
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def note(self, method: str, status: int, seconds: float) -> None:
        """One answer."""
        with self._lock:
            self.requests[method, status] += 1
            self.buckets[bisect_left(BUCKETS, seconds)] += 1
            self.seconds += seconds

    def figures(self, count: Callable[[], list[str]]) -> list[str]:
        """What `count` gives, or gave: it is asked again when twenty times the while has passed that it takes, so that on a
        desk of millions the figures cost a twentieth of a core however often and by how many they are asked for."""
        with self._counting:
            begun = time.monotonic()
            if begun >= self._until:
                self._figures = count()
                self._until = begun + 21 * (time.monotonic() - begun)
            return self._figures

    def now(self) -> tuple[dict[tuple[str, int], int], list[int], float]:
        """Answers by method and status, by bucket of seconds, and all their seconds."""
        with self._lock:
            return dict(self.requests), list(self.buckets), self.seconds


class Counting:
    """ASGI middleware around everything: counts answers, writes the log of access, and answers those who watch."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self.app = app
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        begun = time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            told = await run_in_threadpool(_told, Request(scope)) if scope["path"] in PATHS else None
            await (told or self.app)(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - begun
            method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
            self.traffic.note(method, status, seconds)
            route = scope["path"] if scope["path"] in PATHS else getattr(scope.get("route"), "path", "")
            about = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            access.info("request", extra={"about": about})


def attach(app: FastAPI) -> None:
    """Give an application these pages."""
    app.state.traffic = Traffic()
    app.include_router(router)
    app.add_middleware(Counting, traffic=app.state.traffic)


def _told(request: Request) -> Response | None:
    """What a program that watches is told; None for those whom the gate must know."""
    if request.method not in ("GET", "HEAD"):
        return None
    if request.url.path == "/healthz":
        return _health(request.app.state.desk)
    return _figures(request) if _has_token(request) else None


def _health(desk: Desk) -> Response:
    """200 while the desk's store answers, else 503."""
    try:
        desk.store.progress.recall("archive")
    except Exception as error:
        logging.getLogger("sayso.web").error("the store does not answer: %s", type(error).__name__)
        return JSONResponse({"status": "the store does not answer"}, status_code=503, headers=_FRESH)
    return JSONResponse({"status": "ok", "version": sayso.__version__}, headers=_FRESH)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """The figures, in Prometheus' text format 0.0.4."""
    if visit_of(request).person is None and not _has_token(request):
        raise HTTPException(401, f"Log in, or send the token of {TOKEN}.")
    return _figures(request)


def _figures(request: Request) -> Response:
    traffic: Traffic = request.app.state.traffic
    lines = [*_desk(request.app.state.desk, traffic), *_traffic(traffic), *_process()]
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return PlainTextResponse("\n".join(lines) + "\n", media_type=kind, headers=_FRESH)


def _has_token(request: Request) -> bool:
    token = os.environ.get(TOKEN, "")
    given = request.headers.get("authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _desk(desk: Desk, traffic: Traffic) -> list[str]:
    """The figures of the store; where it is away, that it is."""
    try:
        figures, up = traffic.figures(partial(_counted, desk)), 1
        desk.store.progress.recall("archive")
    except SaysoError as error:
        logging.getLogger("sayso.web").error("the store does not answer: %s", error)
        figures, up = [], 0
    return [
        *_family("sayso_info", "gauge", "The version that runs.", [({"version": sayso.__version__}, 1)]),
        *_family("sayso_store_up", "gauge", "Whether the store answers.", [({}, up)]),
        *figures,
    ]


def _counted(desk: Desk) -> list[str]:
    store = desk.store
    refused = store.progress.refused_by_stage()
    stages = ("attribute", "link", "topics", "code")
    return [
        *_family("sayso_captures", "gauge", "Different contents captured.", [({}, store.captures.count())]),
        *_family("sayso_documents", "gauge", "Documents read.", [({}, store.documents.count())]),
        *_family("sayso_statements", "gauge", "Statements found.", [({}, store.statements.count())]),
        *_family("sayso_coded_statements", "gauge", "Statements with a coding.", [({}, store.codings.coded())]),
        *_family(
            "sayso_waiting_documents",
            "gauge",
            "Documents that no run has taken through a stage.",
            [({"stage": stage}, store.documents.undone(stage)) for stage in stages],
        ),
        *_family(
            "sayso_refused",
            "gauge",
            "Items that a stage refused.",
            [({"stage": stage}, refused.get(stage, 0)) for stage in sorted({"collect", "read", *refused})],
        ),
        *_family(
            "sayso_jobs",
            "gauge",
            "Jobs of the workbench.",
            [({"state": state}, store.jobs.count(state)) for state in ("waiting", "running", "failed", "interrupted")],
        ),
    ]


def _traffic(traffic: Traffic) -> list[str]:
    requests, buckets, seconds = traffic.now()
    answered = [({"method": m, "status": str(s)}, n) for (m, s), n in sorted(requests.items())]
    name, lines, total = "sayso_http_request_seconds", [], 0
    lines += [f"# HELP {name} How long answers took.", f"# TYPE {name} histogram"]
    for limit, number in zip((*map(str, BUCKETS), "+Inf"), buckets, strict=True):
        total += number
        lines.append(f'{name}_bucket{{le="{limit}"}} {total}')
    lines += [f"{name}_sum {seconds:.6f}", f"{name}_count {total}"]
    return [*_family("sayso_http_requests_total", "counter", "Answers by method and status.", answered), *lines]


def _process() -> list[str]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return [
        *_family("process_start_time_seconds", "gauge", "When it started, Unix time.", [({}, round(STARTED, 3))]),
        *_family("process_cpu_seconds_total", "counter", "Processor time.", [({}, used.ru_utime + used.ru_stime)]),
        *_family("sayso_process_peak_memory_bytes", "gauge", "Most memory it has had.", [({}, peak)]),
    ]


def _family(name: str, kind: str, what: str, values: Sequence[tuple[dict[str, str], float]]) -> list[str]:
    lines = [f"# HELP {name} {what}", f"# TYPE {name} {kind}"]
    for labels, value in values:
        inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    return lines


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, what the record tells besides, and an error's traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def log_json() -> None:
    """Have everything that is logged in this process written to standard error as JSON lines, access included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sayso").setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(logging.INFO)
