"""Many documents: the same rows as one by one, in order, taken from the stream as they are needed."""

from collections.abc import Iterator

from robustness_set import load
from samples import ARTICLE, GERMAN, document

from sayso.attribute import attribute, attribute_many
from sayso.records import Document

DOCUMENTS = [
    *(case.document for case in load()[:12]),
    document(ARTICLE, "b"),
    document(GERMAN, "c", "de"),
    document("", "d"),
]


def test_one_process_gives_what_attribute_gives() -> None:
    assert list(attribute_many(DOCUMENTS)) == [attribute(d) for d in DOCUMENTS]


def test_two_processes_give_the_same_in_order() -> None:
    assert list(attribute_many(iter(DOCUMENTS), workers=2)) == [attribute(d) for d in DOCUMENTS]


def test_processes_start_after_a_pass_with_threads_in_this_one() -> None:
    """A pass of several threads here must not leave the workers waiting for threads that they do not have."""
    attribute(DOCUMENTS[0], threads=2)
    assert list(attribute_many(DOCUMENTS[:3], workers=2, threads=2)) == [attribute(d) for d in DOCUMENTS[:3]]


def test_a_stream_is_taken_as_it_is_needed() -> None:
    taken = 0

    def endless() -> Iterator[Document]:
        nonlocal taken
        while True:
            taken += 1
            yield DOCUMENTS[0]

    results = attribute_many(endless())
    assert taken == 0
    next(results)
    next(results)
    assert taken == 2


def test_processes_take_no_more_than_they_can_hold() -> None:
    taken = 0

    def endless() -> Iterator[Document]:
        nonlocal taken
        while True:
            taken += 1
            yield DOCUMENTS[0]

    results = attribute_many(endless(), workers=2)
    first = next(results)
    assert first == attribute(DOCUMENTS[0])
    assert taken <= 16
    results.close()  # type: ignore[attr-defined]


def test_the_threshold_reaches_every_process() -> None:
    assert [a.attributions for a in attribute_many(DOCUMENTS[:4], threshold=1.0, workers=2)] == [()] * 4
