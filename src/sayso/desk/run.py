"""`sayso run`: every stage, in order, on whatever is new.

Each item's work in a stage is one transaction, and marked as done in it: kill the run anywhere, and the next goes on.
Documents are taken one at a time, so memory does not grow with the desk. Several runs may work on one desk at a time, and
share what is new between them (`sharing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sayso.desk import alerting, lines
from sayso.desk.coders import Coders
from sayso.desk.coding import Judged
from sayso.desk.corrections import transcribed
from sayso.desk.engines import Engines
from sayso.desk.joining import join_documents
from sayso.desk.progress import Progress
from sayso.desk.referencing import mark_references
from sayso.desk.sharing import batches, documents, finishing
from sayso.desk.summary import Summary, summarize
from sayso.desk.topics import topics_of
from sayso.link import link, signature
from sayso.pipeline import informed, local_path
from sayso.read.children import Job, Readers
from sayso.records import Document, Failure
from sayso.store import JOIN, TRACK, Unread
from sayso.store.ids import producer_key

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

AFTER_ATTRIBUTE = ("link", "references", "topics", "code")
AFTER_LINK = ("references", "topics", "code")


def run(desk: Desk, engines: Engines, progress: Progress) -> Summary:
    """Run every stage on what is new and give the desk's figures."""
    number = desk.store.progress.begin_run()
    read_captures(desk, engines, progress)
    attribute_documents(desk, engines, progress)
    link_documents(desk, engines, progress)
    mark_references(desk, progress)
    join_documents(desk, engines, progress)
    match_topics(desk, progress)
    code_statements(desk, engines, progress)
    new = lines.track(desk, progress)
    with desk.store.claims.alone(TRACK):  # or two runs would send the same
        notes = alerting.deliver(desk)
    summary = summarize(desk, alerts=new, notes=notes)
    desk.store.progress.end_run(number, summary.as_dict())
    return summary


def read_captures(desk: Desk, engines: Engines, progress: Progress) -> None:
    """Captures become documents; what cannot be read is listed with the reason."""
    producer = producer_key(engines.reader)
    about = {each.sha256: each for each in desk.store.captures.unread(producer)}
    limits = desk.settings.read
    with (
        progress.stage("Read", len(about)) as advance,
        Readers(limits.workers, limits.memory, limits.seconds) as pool,
    ):
        for batch in batches(desk, "read", list(about), producer, 4 * limits.workers):
            for sha256, answer in pool.read(_jobs(desk, batch, about, producer)):
                with finishing(desk, "read", sha256, producer) as mine:
                    if mine:
                        _keep(desk, about[sha256], answer)
                        desk.store.progress.mark("read", sha256, producer)
                advance(1)


def _jobs(desk: Desk, batch: Sequence[str], about: dict[str, Unread], producer: str) -> Iterator[Job]:
    if not all(sha256 in about for sha256 in batch):  # captures that came in since, and that another run has listed
        about |= {each.sha256: each for each in desk.store.captures.unread(producer)}
    for sha256 in batch:
        if (each := about.get(sha256)) is not None:
            yield Job(sha256, partial(desk.archive.get, sha256), local_path(each.url), each.media_type, each.captured)


def _keep(desk: Desk, capture: Unread, answer: Document | str) -> None:
    """The document in place of what an older reader made of the bytes, or the reason why there is none."""
    paths = [local_path(url) for url in desk.store.captures.addresses(capture.sha256)]
    answer = transcribed(desk, capture.sha256, capture.url) or answer  # what a person reads there stands above it
    if isinstance(answer, Document):
        document = informed(answer, capture.hints)
        key = desk.store.documents.put(document, outlet_id=desk.outlet_of(document), signature=signature(document.text))
        for path in paths:
            desk.store.progress.accept(path, "read")
        desk.store.progress.forget([key])
    else:
        desk.store.documents.discard(capture.sha256)
        for path in paths:
            desk.store.progress.refuse(Failure(path, "read", answer))
    desk.store.progress.changed(JOIN, TRACK)


def attribute_documents(desk: Desk, engines: Engines, progress: Progress) -> None:
    """Documents get their attributions: who says what, in which words."""
    producer = producer_key(engines.attributor)
    for key, document in documents(desk, progress, "Attribute", "attribute", producer):
        analysis = engines.attribute(document)
        with finishing(desk, "attribute", key, producer) as mine:
            if mine:
                desk.store.analyses.put(key, analysis)
                desk.store.progress.mark("attribute", key, producer, redo=AFTER_ATTRIBUTE)


def link_documents(desk: Desk, engines: Engines, progress: Progress) -> None:
    """Attributions become statements: of which actor, through which item, when."""
    producer = f"{producer_key(engines.linker)} actors={desk.actors_version}"
    for key, document in documents(desk, progress, "Link", "link", producer, after="attribute"):
        captured = desk.store.captures.of(document.sha256)
        linked = link(
            document,
            desk.store.analyses.get(key, document),
            desk.actors,
            captured=captured[0].fetched_at.date() if captured else None,
        )
        with finishing(desk, "link", key, producer) as mine:
            if mine:
                desk.store.statements.put(key, document, linked, outlet_ids=desk.outlet_ids(linked))
                desk.store.progress.mark("link", key, producer, redo=AFTER_LINK)
                desk.store.progress.changed(JOIN, TRACK)


def match_topics(desk: Desk, progress: Progress) -> None:
    """Statements are found by the topics that the desk watches."""
    judged = Judged.of(desk)
    producer = f"{desk.topics_version} actors={desk.actors_version}{judged.version}"
    for key, document in documents(desk, progress, "Topics", "topics", producer, after="link"):
        linked = desk.store.statements.linked(key, document)
        found = judged.over(topics_of(desk.topics, document, linked.statements, desk.actors), linked.statements)
        with finishing(desk, "topics", key, producer) as mine:
            if mine:
                desk.store.codings.put_topics(key, found)
                desk.store.progress.mark("topics", key, producer)
                desk.store.progress.changed(TRACK)


def code_statements(desk: Desk, engines: Engines, progress: Progress) -> None:
    """Statements get codes by the codebook, from the coders that learned it."""
    coders = Coders(desk, engines)
    producer = coders.producer
    for key, document in documents(desk, progress, "Code", "code", producer, after="link"):
        statements, vectors = coders.embedded(desk.store.statements.linked(key, document).statements)
        codings = [coding for coder in coders.each() for coding in coder.code(statements)] if statements else []
        with finishing(desk, "code", key, producer) as mine:
            if mine:
                desk.store.analyses.put_embeddings(key, vectors)
                desk.store.codings.put(key, codings)
                desk.store.progress.mark("code", key, producer)
                desk.store.progress.changed(TRACK)
