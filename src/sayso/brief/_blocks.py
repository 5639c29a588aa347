"""The brief as a plain row of blocks: what the PDF, the DOCX and the Markdown are made of.

In: a `View`. Out: headings, paragraphs, lists, tables and quotations in reading order. Where a number rests on
evidence, its run names the note ("E3") that the last block lists. All text is clean (see `_format.clean`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sayso.brief import _format
from sayso.brief._format import clean, one_line
from sayso.brief._view import View
from sayso.brief.contents import Phrase, Quoted, Section, Turn, fingerprint
from sayso.figures import probability


@dataclass(frozen=True, slots=True)
class Run:
    """Some words, and the label of the evidence note they lead to ("" for none)."""

    text: str
    note: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a section's."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `style` is "text", "remark" (the desk's own words) or "fine"."""

    runs: Runs
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    entries: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `numbers` are the columns set flush right, `widths` their shares of the line."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]
    numbers: frozenset[int] = frozenset()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with the lines that say who, when, on whose word and where it stands."""

    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The place of the timeline chart."""

    caption: str


Block = Heading | Paragraph | Bullets | Table | Quotation | Chart


def words(text: str) -> Runs:
    """Words that lead nowhere."""
    return (Run(clean(text)),)


class Writer:
    """Makes the blocks of one brief."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.brief = view.brief

    def linked(self, text: str, statements: Sequence[str] = (), items: Sequence[str] = ()) -> Run:
        """A number with its note."""
        note = self.view.note(statements, items)
        return Run(clean(text), note.label if note else "")

    def phrases(self, parts: Sequence[Phrase]) -> Runs:
        """A sentence of findings."""
        return tuple(self.linked(part.text, part.statements) for part in parts)

    def headline(self) -> Runs:
        """The headline finding."""
        return self.phrases(self.brief.headline)

    def blocks(self) -> Iterator[Block]:
        """Everything after the cover, in reading order."""
        for name, title in self.view.sections():
            yield Heading(1, title)
            for remark in self.brief.remarks:
                if remark.section == name:
                    by = f" ({remark.author})" if remark.author else ""
                    yield Paragraph(words(remark.text + by), "remark")
            yield from self.section(name)
        yield Heading(1, "All statements of the line")
        yield from self.statements()
        if self.view.captures:
            yield Heading(1, "Captures")
            yield Table(
                "The bytes that were read, named by their SHA-256.",
                ("Item", "Captured (UTC)", "SHA-256"),
                tuple(
                    (
                        words(self.view.item_labels[item.id]),
                        words(f"{item.captured_at:%Y-%m-%d %H:%M}" if item.captured_at else ""),
                        words(item.sha256),
                    )
                    for item in self.view.captures
                ),
                widths=(0.08, 0.2, 0.72),
            )
        if self.view.notes:
            yield Heading(1, "Evidence notes")

    def section(self, name: Section) -> Iterator[Block]:
        """The blocks of one section."""
        yield from {
            "findings": self.findings, "line": self.line, "shifts": self.shifts, "quotations": self.quotations,
            "comparison": self.comparison, "items": self.items, "counts": self.counts, "coding": self.coding,
            "method": self.method,
        }[name]()  # fmt: skip

    def findings(self) -> Iterator[Block]:
        """What an editor composed, further findings, and how the statements are spread."""
        for piece in self.brief.composed:
            if piece.kind == "finding":
                yield Paragraph(self.phrases(piece.phrases))
            elif piece.kind == "text":
                yield Paragraph(words(f"{piece.text} ({piece.author})"), "remark")
            elif piece.statement in self.view.by_id:
                statement = self.view.by_id[piece.statement]
                yield Quotation(self.sentence(statement), self.credits(statement))
        if self.brief.findings:
            yield Bullets(tuple(self.phrases(finding) for finding in self.brief.findings))
        runs: list[Run] = []
        for depth, ids in self.view.depths:
            runs += [Run(", " if runs else "By depth: "), self.linked(str(len(ids)), ids)]
            runs.append(Run(f" {_format.depth_text(depth)}"))
        if runs:
            yield Paragraph((*runs, Run(".")))

    def line(self) -> Iterator[Block]:
        """Chart and periods."""
        if self.brief.chart:
            yield Chart(
                f"Shares of the {clean(self.brief.family)} codes in time, the periods, and each shift with the dates "
                "that hold 90% of its probability."
            )
        rows = []
        for period, ids in zip(self.brief.periods, self.view.members, strict=False):
            shares: list[Run] = []
            for code, share in sorted(period.codes.items(), key=lambda pair: (-pair[1], pair[0]))[:5]:
                if share >= 0.005:
                    shares.append(Run((", " if shares else "") + clean(code) + " "))
                    shares.append(self.linked(_format.percent(share), self.view.coded(ids, code)))
            rows.append(
                (
                    words(_format.stretch(period.start, period.end)),
                    (self.linked(str(period.statements), ids),),
                    words(str(period.items)),
                    tuple(shares),
                )
            )
        if rows:
            caption = "Periods. Shares are expected shares: a machine coding counts by its probability."
            header = ("Period", "Statements", "Items", "What the speaker does")
            yield Table(caption, header, tuple(rows), frozenset({1, 2}), (0.3, 0.13, 0.1, 0.47))

    def shifts(self) -> Iterator[Block]:
        """Each shift with what carries it."""
        for turn in self.brief.turns:
            yield from self.turn(turn)

    def turn(self, turn: Turn) -> Iterator[Block]:
        """One shift."""
        shift = turn.shift
        yield Heading(2, f"{_format.day(shift.date)}, probability {probability(shift.probability)}")
        between = f"between {_format.day(shift.interval[0])} and {_format.day(shift.interval[1])}"
        yield Paragraph(words(f"The line changed {between} (these dates hold 90% of the shift’s probability)."))
        if turn.moved:
            rows = tuple(
                (words(code), words(_format.percent(before)), words(_format.percent(after)))
                for code, before, after in turn.moved[:8]
            )
            header = ("Code", "Before", "After")
            yield Table("The codes that moved most", header, rows, frozenset({1, 2}), (0.5, 0.25, 0.25))
        if turn.composition:
            yield Paragraph(words(turn.composition))
        if turn.retests:
            failed = [self.view.without(test) for test in turn.retests if not test.holds]
            told = f"It rests on {', '.join(failed)}." if failed else f"It stands in all {len(turn.retests)} re-tests."
            yield Paragraph(words(told))
            tests = tuple(
                (
                    words(f"{test.kind} {one_line(self.view.without(test), 90)}"),
                    (self.linked(str(len(self.view.left_out(test))), self.view.left_out(test)),),
                    words(probability(test.probability)),
                    words("stands" if test.holds else "disappears"),
                )
                for test in turn.retests
            )
            header4 = ("Without", "Statements left out", "Probability", "Shift")
            yield Table("Re-tests", header4, tests, frozenset({1, 2}), (0.5, 0.2, 0.15, 0.15))

    def quotations(self) -> Iterator[Block]:
        """The chosen quotations."""
        for heading, quoted in self.view.quoted:
            if heading:
                yield Heading(2, heading)
            for statement in quoted:
                yield Quotation(self.sentence(statement), self.credits(statement))

    def quote(self, statement: Quoted) -> str:
        """The words of a statement, in quotation marks where they are the speaker's own throughout."""
        return _format.said(statement.text, statement.kind == "direct")

    def sentence(self, statement: Quoted) -> str:
        """The sentence in which the words stand."""
        before, after = self.view.sentence(statement)
        return one_line(f"{before}{clean(statement.text)}{after}") if before or after else self.quote(statement)

    def credits(self, statement: Quoted) -> tuple[str, ...]:
        """Who, when and how coded; the chain; where it stands."""
        who = [self.who(statement), _format.date_text(statement.date)]
        if statement.target:
            who.insert(1, f"towards {clean(statement.target.name)}")
        chain = " › ".join(one_line(clean(link.name), 90) for link in statement.chain)
        place = f"{self.view.statement_labels[statement.id]}, characters {statement.start}–{statement.end}"
        quotes = (f"quotes {one_line(clean('; '.join(statement.quotes)), 200)}",) if statement.quotes else ()
        return (
            f"{', '.join(who)}; {self.code(statement)}",
            *quotes,
            f"{_format.depth_text(statement.depth)}: {chain}",
            f"{place} of {one_line(clean(statement.document), 120)}, capture {statement.sha256[:12]}",
        )

    def who(self, statement: Quoted) -> str:
        """The speaker's name."""
        return one_line(clean(statement.speaker.name or "unnamed"))

    def code(self, statement: Quoted) -> str:
        """The code that counts, and who gave it."""
        coding = self.view.winning(statement)
        if coding is None:
            return "not coded"
        if coding.coder.startswith("model:"):
            return f"{clean(coding.code)} (machine, {probability(coding.probability)})"
        return f"{clean(coding.code)} ({clean(coding.coder)})"

    def comparison(self) -> Iterator[Block]:
        """Quotations beside their originals."""
        rows = []
        for comparison in self.brief.comparisons:
            if comparison.statement not in self.view.by_id:
                continue
            pieces = comparison.differences
            rows.append(
                (
                    words(self.view.statement_labels[comparison.statement]),
                    words(comparison.verdict),
                    words(one_line(" ".join(piece.original for piece in pieces))),
                    words(one_line(" ".join(piece.quoted for piece in pieces))),
                )
            )
        if rows:
            header = ("No.", "Verdict", "Original", "Quotation")
            yield Table("Held originals", header, tuple(rows), widths=(0.08, 0.14, 0.39, 0.39))

    def items(self) -> Iterator[Block]:
        """Items held and mentioned."""
        labels = self.view.item_labels
        rows = []
        for item in self.view.items:
            if item.copy_of in labels:
                standing = f"copy of {labels[item.copy_of or '']}, counted there"
            elif item.held:
                standing = "held, first-hand" if item.primary else "held"
            else:
                known = [labels[i] for i in item.mentioned_by if i in labels]
                standing = "only mentioned" + (f" in {', '.join(known)}" if known else "")
            rows.append(
                (
                    words(labels[item.id]),
                    words(_format.date_text(item.date)),
                    words(f"{one_line(clean(item.title), 140) or 'untitled'} ({item.medium})"),
                    words(item.outlet),
                    words(standing),
                )
            )
        header = ("No.", "Date", "Item", "Outlet", "Standing")
        yield Table("Items; copies count once", header, tuple(rows), widths=(0.07, 0.17, 0.38, 0.2, 0.18))

    def counts(self) -> Iterator[Block]:
        """Denominators."""
        rows = tuple(
            (
                words(count.stage),
                (self.linked(_format.number(count.count, count.unit), count.statements, count.items),),
                words("; ".join(f"{left.count:,} {left.reason}" for left in count.left_out) or "nothing"),
            )
            for count in self.brief.counts
        )
        yield Table("", ("Stage", "Number", "Left out, and why"), rows, widths=(0.2, 0.25, 0.55))
        listed = [(count.stage, count.count, count.where) for count in self.brief.counts]
        listed += [(each.reason, each.count, each.where) for count in self.brief.counts for each in count.left_out]
        seen = tuple((words(what), words(f"{number:,}"), words(where)) for what, number, where in listed if where)
        if seen:
            yield Table(
                "Where the desk’s workbench lists what these numbers count",
                ("What", "Number", "Address"),
                seen,
                widths=(0.45, 0.15, 0.4),
            )

    def coding(self) -> Iterator[Block]:
        """Machine and people."""
        view = self.view
        yield Paragraph(
            (
                self.linked(_format.number(len(view.machine_coded), "statement"), view.machine_coded),
                Run(" with a machine’s coding, "),
                self.linked(_format.number(len(view.human_coded), "statement"), view.human_coded),
                Run(" with a person’s. Where both exist the person’s counts."),
            )
        )
        for agreement in self.brief.agreement:
            interval = agreement.interval
            sure = f" (95% interval {interval[0]:.2f} to {interval[1]:.2f})" if interval else ""
            yield Paragraph(
                words(
                    f"{agreement.coders[0]} and {agreement.coders[1]}: {agreement.measure} {agreement.value:.2f}{sure} "
                    f"on {_format.number(agreement.units, 'statement')}, family {agreement.family}."
                )
            )
        if not self.brief.agreement:
            yield Paragraph(words("No statement of this line was coded twice, so agreement cannot be shown yet."))

    def method(self) -> Iterator[Block]:
        """Method, limits, versions."""
        for paragraph in self.brief.method:
            yield Paragraph(words(paragraph))
        if self.brief.limits:
            yield Heading(2, "Limits")
            yield Bullets(tuple(words(limit) for limit in self.brief.limits))
        rows = [("Say-so", self.brief.version, "")]
        rows += [(producer.stage, producer.version, producer.model) for producer in self.brief.producers]
        if self.brief.codebook_version:
            rows.append(("codebook", self.brief.codebook_version, ""))
        if self.brief.settings_sha256:
            rows.append(("settings", "", self.brief.settings_sha256))
        rows.append(("this brief’s data", "", fingerprint(self.brief)))
        table = tuple(tuple(words(cell) for cell in row) for row in rows)
        yield Table("Who made the records", ("Stage", "Version", "Model or hash"), table, widths=(0.2, 0.2, 0.6))

    def statements(self) -> Iterator[Block]:
        """Every statement with its chain."""
        rows = tuple(
            (
                words(self.view.statement_labels[statement.id]),
                words(_format.date_text(statement.date)),
                words(f"{self.who(statement)}: {self.sentence(statement)}"),
                words(" › ".join(one_line(clean(link.name), 60) for link in statement.chain)),
                words(self.code(statement)),
            )
            for statement in self.view.statements
        )
        if not rows:
            yield Paragraph(words("The desk has no statement of this actor on this topic."))
            return
        header = ("No.", "Date", "Statement", "Chain", "Code")
        yield Table("", header, rows, widths=(0.07, 0.14, 0.44, 0.2, 0.15))
