"""What lies in what: the structure that is made of candidates, whichever of them is the surer."""

from sayso.attribute._assemble import assemble
from sayso.attribute._candidates import Candidate, Range

SURE, LESS = 0.9999, 0.99


def candidate(anchor: int, content: Range, source: Range | None = None, p: float = SURE) -> Candidate:
    return Candidate(
        anchor, p, SURE, (source,) if source else (), ((anchor, anchor + 1),), (content,), SURE, SURE, SURE
    )


def nesting(*found: Candidate) -> list[tuple[int, tuple[Range, ...], int | None]]:
    chosen = assemble(found)
    parents = [None if c.parent is None else chosen[c.parent].candidate.anchor for c in chosen]
    return [(c.candidate.anchor, c.candidate.content, above) for c, above in zip(chosen, parents, strict=True)]


def test_a_surer_one_inside_a_content_is_nested_in_it_and_takes_nothing_away() -> None:
    inner, outer = candidate(10, (11, 15), (9, 10)), candidate(3, (4, 20), (2, 3), LESS)
    assert nesting(inner, outer) == [(3, ((4, 20),), None), (10, ((11, 15),), 3)]
    assert nesting(outer, inner) == nesting(inner, outer)


def test_three_levels() -> None:
    outer, middle = candidate(3, (4, 30), (2, 3), LESS), candidate(10, (11, 25), (9, 10), 0.995)
    found = [outer, middle, candidate(15, (16, 20), (14, 15))]
    assert [(anchor, above) for anchor, _, above in nesting(*found)] == [(3, None), (10, 3), (15, 10)]


def test_one_that_only_shares_words_contests_them() -> None:
    first, second = candidate(3, (4, 12), (2, 3)), candidate(20, (8, 19), (19, 20), LESS)
    contents = {anchor: content for anchor, content, _ in nesting(first, second)}
    assert contents[3] == ((4, 12),)
    assert contents[20] == ((12, 19),)


def test_the_parent_is_the_one_that_holds_the_source_too() -> None:
    wide, narrow = candidate(3, (4, 40), (2, 3), LESS), candidate(12, (13, 35), (11, 12), 0.995)
    # its source stands before the narrow content, its cue and content within it
    inner = candidate(20, (21, 30), (8, 9), LESS)
    assert (20, ((21, 30),), 3) in nesting(wide, narrow, inner)
