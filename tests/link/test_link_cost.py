"""What linking costs grows with the page, not with its square."""

from collections.abc import Callable

import pytest

from sayso.link import find_copies, link
from sayso.link.copies import Piece
from sayso.records import Analysis, Attribution, Document, Span

Count = Callable[[Callable[[], object]], int]


def cities(n: int) -> tuple[str, Analysis]:
    return ", ".join(f"Xo{i} City" for i in range(n)) + " were named.", Analysis()


def headlines(n: int) -> tuple[str, Analysis]:
    lines = "\n\n".join("Lund Says Nothing New Today" for _ in range(n))
    return f"{lines}\n\nThe mayor met Anna Lund in the town hall.", Analysis()


def first_person(n: int) -> tuple[str, Analysis]:
    """Quotations, each of which holds one attribution of the one who speaks."""
    sentence = "Lund said: “I think that it rains.” "
    found = []
    for i in range(n):
        at = [i * len(sentence) + sentence.index(w) for w in ("Lund", "said", "“I", "I think", "think", "that it")]
        spans = [Span(a, a + k) for a, k in zip(at, (4, 4, len("“I think that it rains.”"), 1, 5, 13), strict=True)]
        found.append(Attribution(f"a{i}", (spans[1],), (spans[2],), "direct", 1.0, (spans[0],)))
        found.append(Attribution(f"b{i}", (spans[4],), (spans[5],), "indirect", 1.0, (spans[3],), f"a{i}"))
    return sentence * n, Analysis(tuple(found))


def one_sentence(n: int) -> tuple[str, Analysis]:
    """A text without stops, as of captions."""
    words = "Lund said that the video was old and "
    at = [words.index(w) for w in ("Lund", "said", "that")]
    spans = [
        [Span(i * len(words) + a, i * len(words) + a + k) for a, k in zip(at, (4, 4, 23), strict=True)]
        for i in range(n)
    ]
    found = [Attribution(f"a{i}", (s[1],), (s[2],), "indirect", 1.0, (s[0],)) for i, s in enumerate(spans)]
    return words * n, Analysis(tuple(found))


def namesakes(n: int) -> tuple[str, Analysis]:
    """Names of three words and of two, all of one family."""
    names = [f"Aa{i} Bo Holt" for i in range(n)] + [f"Cc{i} Holt" for i in range(n)]
    return ", ".join(names) + " were named.", Analysis()


@pytest.mark.parametrize("page", [cities, headlines, first_person, namesakes, one_sentence])
def test_a_page_ten_times_as_long_costs_not_much_more_than_ten_times(
    executed_lines: Count, page: Callable[[int], tuple[str, Analysis]]
) -> None:
    def cost(n: int) -> int:
        text, analysis = page(n)
        return executed_lines(lambda: link(Document(path="p", text=text, sha256="0" * 64), analysis))

    cost(3)  # what is done once
    assert cost(300) < 20 * cost(30)


def test_copies_of_one_dispatch_cost_what_they_are(executed_lines: Count) -> None:
    words = " ".join(f"word{i}" for i in range(60))

    def cost(n: int) -> int:
        return executed_lines(
            lambda: find_copies([Piece(f"{i:04}", f"{words} own{i}", "2024-05-01") for i in range(n)])
        )

    assert cost(400) < 20 * cost(40)
