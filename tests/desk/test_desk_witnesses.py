"""One statement, however many copies carry it and however they cut it."""

from pathlib import Path

from small_engines import ENGINES

from sayso.desk import Desk
from sayso.link import LINKER, repeats
from sayso.records import Analysis, Attribution, Document, Producer, Span

DISPATCH = (
    "The dockers met in the hall of the old exchange on Tuesday evening, and the doors were shut to the press.\n\n"
    "Peter Lang said the line would stand until the last of the contracts was torn up, whatever the winter "
    "might bring to the quay.\n\n"
    "Nobody in the hall spoke against him, and the vote was taken by a show of hands, row after row.\n"
)


def contents(text: str, **words: str) -> dict[str, tuple[Span, ...]]:
    return {key: (Span(text.index(each), text.index(each) + len(each), each),) for key, each in words.items()}


def test_contents_that_are_cut_differently_are_one() -> None:
    other = "KELDA - " + DISPATCH.replace("torn up", "torn  up") + "\nThe port opens on Monday.\n"
    found = repeats(
        DISPATCH,
        contents(
            DISPATCH,
            one="the line would stand until the last of the contracts was torn up, whatever the winter might bring to the quay",
        ),
        other,
        contents(
            other, a="the line would stand until the last of the contracts was torn  up", b="The port opens on Monday"
        ),
    )
    assert set(found) == {"a"}
    assert found["a"][0] == "one"
    (difference,) = found["a"][1]
    assert (difference.kind, difference.original) == ("left out", "whatever the winter might bring to the quay")


def test_a_copy_whose_statement_ends_sooner_counts_once_and_shows_what_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "2024-01-05-wire.txt").write_text(DISPATCH, encoding="utf-8")
    (tmp_path / "2024-01-06-paper.txt").write_text("By our staff.\n\n" + DISPATCH, encoding="utf-8")

    def attribute(document: Document) -> Analysis:
        text = document.text
        cue, begin = text.index("said"), text.index("the line would")
        end = text.index(" was torn" if text.startswith("By our") else ".\n\nNobody")
        source = Span(cue - 11, cue - 1, text[cue - 11 : cue - 1])
        made = Attribution(
            "a1", (Span(cue, cue + 4, "said"),), (Span(begin, end, text[begin:end]),), "indirect", 0.9, (source,)
        )
        return Analysis((made,), producer=Producer("attribute", "cut"))

    engines = type(ENGINES)(ENGINES.reader, Producer("attribute", "cut"), LINKER, attribute, ENGINES.embed)
    with Desk.create(tmp_path / "desk") as desk:
        desk.add([str(tmp_path / name) for name in ("2024-01-05-wire.txt", "2024-01-06-paper.txt")])
        desk.run(engines=engines)
        (found,) = desk.statements()
        printed = desk.statement_json(found)
        assert len(printed["copies"]) == 2
        (witness,) = printed["witnesses"]
        assert witness["differences"]
