"""People's coding on a desk: what to code next, agreement, corrected shares, and files in and out.

In: the desk. Out: cards for a `Review`, measures, and what was taken from a file or left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sayso.code import Code, Codebook, Family, Unit, unit_of
from sayso.code._table import Table
from sayso.code.agreement import Agreement, agreement, alpha, with_model
from sayso.code.codebook import TOPIC
from sayso.code.dna import read_dna
from sayso.code.exchange import Passage, Project, Source, codings_from_csv
from sayso.code.prevalence import Prevalence, corrected
from sayso.code.queue import Candidate, Queued, queue, random_order, random_sample
from sayso.code.refi import read_codebook, read_project
from sayso.code.review import Card, disputed, is_model, settled, settled_codes
from sayso.code.topics import IN, OUT, Quality, TopicRanker, quality
from sayso.errors import SaysoError, UsageError
from sayso.records import Coding, Statement
from sayso.store.ids import stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.store import Found

_TEACH = 8  # judgements of each kind from which a model learns the topic
_JUDGED = 20  # statements coded by both from which agreement with the model is judged
_POOL = 3000  # statements among which the next ones are sought: a desk of any size opens at once
_PAGE = 500
_CONTEXT = 240  # characters shown on each side of a statement


@dataclass(frozen=True)
class Taken:
    """What came in from a file, and what was left out and why (reason -> number)."""

    codings: int = 0
    families: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def cards(desk: Desk, family: Family, coder: str, size: int) -> list[Card]:
    """The next statements for a person to code, most useful first, a share of them drawn at random."""
    return _cards(desk, family, upcoming(desk, family, coder, size))


def upcoming(desk: Desk, family: Family, coder: str, size: int) -> list[Queued]:
    """What `coder` should code next, and why.

    It is sought among the first statements of the random order that the coder has not coded, and those that people coded
    already, so that a desk of a million statements opens as fast as a small one; what is drawn at random stays a random
    sample of everything.
    """
    mine = {statement for statement, _ in desk.store.reviews.coded_by(coder, family.name)}
    pool = desk.store.reviews.drawn(_POOL, without=mine)
    return _queued(desk, family, coder, size, [*pool, *_by_people(desk, family, set(pool))])


def _queued(
    desk: Desk, family: Family, coder: str, size: int, pool: Sequence[str], inside: Mapping[str, float] | None = None
) -> list[Queued]:
    candidates = _candidates(desk, pool, family)
    if inside is not None:
        candidates = [
            replace(each, probabilities={IN: inside[each.id], OUT: 1 - inside[each.id]}) for each in candidates
        ]
    return queue(candidates, codes=_people(desk, family, pool), coder=coder, size=size)


def _by_people(desk: Desk, family: Family, without: Set[str]) -> list[str]:
    """What people coded in the family, as far as the desk still has it; on a large desk a random part of it."""
    coded = {coding.statement for coding in _of(desk.store.codings.human(), family)} - without
    return random_order(desk.store.reviews.held(random_order(coded)[:_POOL]))


def _cards(desk: Desk, family: Family, picked: Sequence[Queued]) -> list[Card]:
    found = {f.statement.id: f for f in desk.store.statements.load([q.id for q in picked])}
    people = _people(desk, family, found)
    return [_card(found[q.id], family, q, people.get(q.id, {})) for q in picked if q.id in found]


def disputes(desk: Desk, family: Family) -> list[Card]:
    """The statements on which people differ and nobody has ruled."""
    open_ones = disputed(desk.store.codings.human(), family)
    found = {f.statement.id: f for f in desk.store.statements.load(list(open_ones))}
    return [_card(found[s], family, Queued(s, "disagreement"), open_ones[s]) for s in open_ones if s in found]


def measure(desk: Desk, family: Family) -> Agreement:
    """Agreement of people and models on the statements that two of them coded."""
    human = desk.store.codings.human()
    return agreement([*human, *desk.store.codings.machine({coding.statement for coding in human})], family)


@dataclass(frozen=True)
class Standing:
    """How far the model agrees with people on a family: Krippendorff's alpha, None where too few statements say."""

    alpha: float | None
    statements: int
    floor: float

    @property
    def below(self) -> bool:
        """Whether lines must do without the model's codings."""
        return self.alpha is not None and self.alpha < self.floor


def standing(desk: Desk, family: Family) -> Standing:
    """The model's agreement with what people settled on, over the statements that both coded."""
    human = _of(desk.store.codings.human(), family)
    both = with_model([*human, *desk.store.codings.machine({coding.statement for coding in human})], family)
    measured = alpha(both, "sets" if family.multiple else "nominal").value if len(both) >= _JUDGED else None
    return Standing(measured, len(both), family.floor)


def shares(desk: Desk, family: Family) -> list[Prevalence]:
    """How often each code occurs: the model's count, corrected by what people coded of a random sample.

    Of statements that copies repeat one counts, as in the queue that the sample was drawn by.
    """
    model: dict[str, dict[str, float]] = {}
    there = set(desk.store.statements.ids(desk.query()))
    for coding in desk.store.codings.machine():
        if coding.family == family.name and coding.statement in there:
            model.setdefault(coding.statement, {}).update({**coding.others, coding.code: coding.probability})
    human = settled_codes(_of(desk.store.codings.human(), family), family)
    sample = random_sample(model, set(human))
    known = {s: codes for s, codes in human.items() if s in there and s not in model}
    return corrected(family.names, model, {s: human[s] for s in sample}, known=known if model else None)


def topic_family(desk: Desk, topic: str) -> Family:
    """A topic as a family of two codes, in and out: what people say of it is kept, undone and compared as any
    coding.
    """
    named = desk.topic(topic)
    return Family(
        name=f"{TOPIC}{named.id}",
        title=named.name,
        unsure_below=0.5,
        codes=(Code(name=IN, definition=named.name), Code(name=OUT)),
    )


def topic_cards(desk: Desk, topic: str, coder: str, size: int) -> list[Card]:
    """The next statements to say of whether they belong to the topic."""
    return _cards(desk, topic_family(desk, topic), topic_upcoming(desk, topic, coder, size))


def topic_upcoming(desk: Desk, topic: str, coder: str, size: int) -> list[Queued]:
    """As `upcoming`, for a topic; what its query finds is always among what is looked at.

    From eight judgements of each kind on, a model ranks what the query misses or wrongly takes; before, the query
    alone.
    """
    family, key = topic_family(desk, topic), desk.topic(topic).id
    mine = {statement for statement, _ in desk.store.reviews.coded_by(coder, family.name)}
    reviews = desk.store.reviews
    pool = reviews.drawn(_POOL, without=mine)
    pool += reviews.drawn(_POOL, without={*pool, *mine}, topic=key)
    pool += _by_people(desk, family, set(pool))
    taken = reviews.held(pool, topic=key)
    inside = {s: float(s in taken) for s in pool}
    said = _verdicts(desk).get(family.name, {})
    here = reviews.held(said)
    final = {s: yes for s, yes in said.items() if s in here}
    if min(sum(final.values()), len(final) - sum(final.values())) >= _TEACH:
        units = {unit.id: unit for unit in _units(desk, [*pool, *(s for s in final if s not in inside)])}
        taught = [(units[s], yes) for s, yes in final.items() if s in units]
        ranker = TopicRanker(key, desk.topic(topic).name, taught, None)
        ranked = ranker.probabilities([units[s] for s in pool])
        inside = {s: (inside[s] + p) / 2 for s, p in zip(pool, ranked, strict=True)}
    return _queued(desk, family, coder, size, pool, inside)


def _units(desk: Desk, ids: Sequence[str]) -> Iterator[Unit]:
    """What a coder sees of the statements, with the vectors that are kept of them."""
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        vectors = desk.store.analyses.vectors(page)
        for found in desk.store.statements.load(page):
            key = found.statement.id
            yield replace(unit_of(found.statement), embedding=vectors.get(key, ()))


def topic_quality(desk: Desk, topic: str) -> Quality:
    """Precision and recall of the topic's query, from what people said of a random sample.

    What the query finds is as the last run has it; only where people judged is it asked anew, for their verdict stands
    above it.
    """
    family, chosen = topic_family(desk, topic), desk.topic(topic)
    final = _verdicts(desk).get(family.name)
    if not final:
        return Quality(None, None, 0, 0)
    inside = set(desk.store.statements.ids(desk.query(topic=chosen.id)))
    found = {s: s in inside for s in desk.store.statements.ids(desk.query())}
    for each in desk.store.statements.load([s for s in final if s in found]):
        found[each.statement.id] = chosen.matches(each.document, each.statement, desk.actors)
    sample = random_sample(found, set(final))
    return quality(found, {s: final[s] for s in sample})


def _verdicts(desk: Desk) -> Mapping[str, Mapping[str, bool]]:
    """By topic family, what people settled of each statement; read once until a coding changes."""

    def read() -> dict[str, dict[str, bool]]:
        by: dict[str, list[Coding]] = defaultdict(list)
        for coding in desk.store.codings.human():
            if coding.family.startswith(TOPIC):
                by[coding.family].append(coding)
        return {family: {s: c.code == IN for s, c in settled(each).items()} for family, each in by.items()}

    return desk.store.kept.get("verdicts on topics", read)


@dataclass(frozen=True)
class Judged:
    """What people said of statements and topics; it stands above the query. `version` changes with it."""

    verdicts: Mapping[tuple[str, str], bool]

    @classmethod
    def of(cls, desk: Desk) -> Judged:
        known = {TOPIC + topic.id: topic.id for topic in desk.topics}
        found = _verdicts(desk)
        return cls({(s, known[family]): yes for family in found if family in known for s, yes in found[family].items()})

    @property
    def version(self) -> str:
        return (
            f" judged={stable_id(sorted((*key, yes) for key, yes in self.verdicts.items()))}" if self.verdicts else ""
        )

    def over(self, found: Iterable[tuple[str, str]], statements: Iterable[Statement]) -> list[tuple[str, str]]:
        """The query's finds, with people's verdicts put above them."""
        here = {statement.id for statement in statements}
        kept = [pair for pair in found if self.verdicts.get(pair, True)]
        added = [pair for pair, yes in self.verdicts.items() if yes and pair[0] in here and pair not in kept]
        return kept + added


def rows(desk: Desk, family: str = "") -> Iterator[tuple[Coding, dict[str, Any]]]:
    """Every coding with the attributes of its statement."""
    for found in desk.statements():
        s = found.statement
        about = {
            "text": unit_of(s).text,
            "speaker": s.speaker.name or "",
            "speaker_actor": s.speaker.actor or "",
            "target": s.target.name if s.target else "",
            "date": s.date.value if s.date else "",
            "depth": s.depth,
            "document": found.document.path,
            "document_sha256": found.document.sha256,
            "start": min(span.start for span in s.content),
            "end": max(span.end for span in s.content),
            "topics": " ".join(found.topics),
        }
        for coding in found.codings:
            if not family or coding.family == family:
                yield coding, about


def project(desk: Desk, family: str = "") -> Project:
    """The codebook and every coded document, for other programs."""
    documents: dict[str, Any] = {}
    passages: dict[str, list[Passage]] = defaultdict(list)
    for found in desk.statements():
        codings = tuple(c for c in found.codings if not family or c.family == family)
        if codings:
            s = found.statement
            about = {"speaker": s.speaker.name or "", "target": s.target.name if s.target else ""}
            start, end = min(span.start for span in s.content), max(span.end for span in s.content)
            passages[found.document_id].append(Passage(start, end, codings, {k: v for k, v in about.items() if v}))
            documents[found.document_id] = found.document
    sources = [
        Source(d.path, d.text, tuple(passages[key]), d.published.start if d.published else None)
        for key, d in documents.items()
    ]
    given = (coding for passage in passages.values() for each in passage for coding in each.codings)
    return Project(_complete(with_topics(desk), given), tuple(sources))


def with_topics(desk: Desk) -> Codebook:
    """The desk's codebook and its topics' families."""
    return Codebook(families=(*desk.codebook.families, *(topic_family(desk, topic.id) for topic in desk.topics)))


def _complete(book: Codebook, given: Iterable[Coding]) -> Codebook:
    """The families that belong to the desk or to a coding, with codes that a coding has and the codebook no longer."""
    used: dict[str, dict[str, None]] = {f.name: {} for f in book.families if not f.name.startswith(TOPIC)}
    for coding in given:
        used.setdefault(coding.family, {})[coding.code] = None
    known = {family.name: family for family in book.families}
    families = []
    for name, codes in used.items():
        family = known.get(name)
        old = tuple(Code(name=code) for code in codes if family is None or code not in family.names)
        if family is None:
            families.append(Family(name=name, codes=old))
        else:
            families.append(family.model_copy(update={"codes": (*family.codes, *old)}) if old else family)
    return Codebook(families=tuple(families))


def take(desk: Desk, path: Path, coder: str = "") -> Taken:
    """Take in a file: .qdc (a codebook), .qdpx or .dna (codebook and codings), .csv or .tsv (codings).

    New families are added to the codebook; known ones stay as they are. Codings by people are kept for the statement
    that they name, or whose words the passage holds; models' codings are made anew by the desk and not taken. Nothing
    is taken twice.
    """
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _keep(desk, codings_from_csv(Table(path), with_topics(desk), coder), ())
    if suffix == ".dna":
        brought = read_dna(path)
    elif suffix in (".qdc", ".qdpx"):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
        brought = Project(read_codebook(data, str(path))) if suffix == ".qdc" else read_project(data, str(path))
    else:
        raise UsageError(f"{path}: takes .qdc, .qdpx, .dna, .csv and .tsv files")
    families = _add_families(desk, brought.codebook)
    return _keep(desk, _placed(desk, brought), families, brought.left_out)


def _add_families(desk: Desk, brought: Codebook) -> tuple[str, ...]:
    known = {family.name for family in desk.codebook.families}
    new = [family for family in brought.families if family.name not in known and not family.name.startswith(TOPIC)]
    if new:
        book = Codebook(families=(*desk.codebook.families, *new))
        desk.store.settings.put_codebook(book.version, book.to_yaml())
    return tuple(family.name for family in new)


def _placed(desk: Desk, brought: Project) -> Iterator[Coding | str]:
    """Codings with the id of the desk's statement, or the reason why one has none."""
    ids: set[str] = set()
    by_words: dict[str, str] = {}
    for found in desk.statements():
        ids.add(found.statement.id)
        by_words.setdefault(_words(" ".join(span.text for span in found.statement.content)), found.statement.id)
    for source in brought.sources:
        for passage in source.passages:
            here = by_words.get(_words(source.text[passage.start : passage.end]))
            for coding in passage.codings:
                if coding.statement in ids:
                    yield coding
                elif here:
                    yield replace(coding, statement=here)
                else:
                    yield "no statement of the desk has these words"


def _keep(
    desk: Desk, codings: Iterable[Coding | str], families: tuple[str, ...], unread: Mapping[str, int] | None = None
) -> Taken:
    left: dict[str, int] = defaultdict(int, unread or {})
    have = {(c.statement, c.family, c.code, c.coder) for c in desk.store.codings.human()}
    book = with_topics(desk)
    if families:
        book = Codebook(families=(*book.families, *Codebook.parse(desk.store.settings.codebook() or "").families))
    kept = 0
    with desk.store.transaction():
        for coding in codings:
            if isinstance(coding, str):
                left[coding] += 1
                continue
            key = (coding.statement, coding.family, coding.code, coding.coder)
            family = next((f for f in book.families if f.name == coding.family), None)
            if is_model(coding.coder):
                left["made by a model"] += 1
            elif key in have:
                left["taken already"] += 1
            elif family is None or coding.code not in family.names:
                left["not in the desk's codebook"] += 1
            else:
                try:
                    desk.store.people.code(coding)
                except SaysoError:
                    left["no such statement"] += 1
                    continue
                have.add(key)
                kept += 1
    return Taken(kept, families, dict(left))


def _candidates(desk: Desk, ids: Sequence[str], family: Family) -> list[Candidate]:
    """The statements as the queue sees them, a page of them at a time."""
    out: list[Candidate] = []
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        vectors, places = desk.store.analyses.vectors(page), desk.store.reviews.places(page)
        said: dict[str, dict[str, float]] = {}
        for coding in _of(desk.store.codings.machine(page), family):
            said.setdefault(coding.statement, {}).update({**coding.others, coding.code: coding.probability})
        out += [Candidate(key, said.get(key, {}), vectors.get(key, ()), *places[key]) for key in page if key in places]
    return out


def _card(found: Found, family: Family, queued: Queued, others: Mapping[str, str]) -> Card:
    s, text = found.statement, found.document.text
    start, end = min(span.start for span in s.content), max(span.end for span in s.content)
    machine = next((c for c in found.codings if c.family == family.name and is_model(c.coder)), None)
    return Card(
        statement=s.id,
        text=unit_of(s).text,
        speaker=s.speaker.name or "",
        target=s.target.name if s.target else "",
        context=" ".join(text[max(0, start - _CONTEXT) : end + _CONTEXT].split()),
        where=" · ".join(part for part in (found.document.title, s.date.value if s.date else "") if part),
        why=queued.why,
        others=others,
        model={**machine.others, machine.code: machine.probability} if machine else {},
    )


def _people(desk: Desk, family: Family, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    wanted = set(ids)
    out: dict[str, dict[str, str]] = {}
    for coding in _of(desk.store.codings.human(), family):
        if coding.statement in wanted:
            given = out.setdefault(coding.statement, {})
            given[coding.coder] = f"{given[coding.coder]} + {coding.code}" if coding.coder in given else coding.code
    return out


def _of(codings: Iterable[Coding], family: Family) -> list[Coding]:
    return [coding for coding in codings if coding.family == family.name]


def _words(text: str) -> str:
    return " ".join(text.split()).strip(" \"'“”„«»‘’.,;:").casefold()
