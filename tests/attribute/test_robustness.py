"""The robustness set and the unseen one against their floors, and the sets themselves."""

from collections import Counter

import pytest
from quality import FLOORS, shortfalls
from robustness_set import UNSEEN, Outcome, load, score

from sayso.attribute import attribute

PHENOMENA = {
    "speech", "writing", "thought", "intention", "verbal", "nominal", "prepositional", "missing source", "split",
    "several sentences", "several paragraphs", "source before", "source after", "source inside", "straight marks",
    "single marks", "guillemets", "doubled single marks", "German marks", "nested marks", "block quotation",
    "unbalanced marks", "mixed marks", "football", "science", "courts", "armed groups", "corporate", "headline", "list",
    "transcript", "tweet", "none", "nested",
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return score(load(), attribute)


def test_the_set_holds_every_phenomenon() -> None:
    cases = load()
    groups = Counter(g for c in cases for g in c.groups)
    assert set(groups) >= PHENOMENA
    assert len(cases) >= 72 and groups["none"] >= 10
    assert len({c.id for c in cases}) == len(cases)
    assert all(("none" in c.groups) == (not c.expected) for c in cases)
    assert all(e.cue and e.content and e.kind for c in cases for e in c.expected.values())


def _figures(outcome: Outcome) -> dict[str, float]:
    return {
        "F1": outcome.overall.f1,
        "precision": outcome.overall.p,
        "recall": outcome.overall.r,
        "nested F1": outcome.nested.f1,
        "kind accuracy": outcome.kind_accuracy,
        "false alarms per text without attribution": outcome.false_alarm_rate,
    } | {f"F1 of {group}": rate.f1 for group, rate in outcome.groups.items()}


def test_texts_that_nothing_was_chosen_by_are_read_as_well() -> None:
    cases = load(UNSEEN)
    assert len(cases) >= 48 and len({g for c in cases for g in c.groups}) == 12
    outcome = score(cases, attribute)
    missed = shortfalls("unseen", _figures(outcome))
    assert not missed, "\n".join([str(missed), *outcome.misses, str(outcome.false_alarms)])


def test_no_figure_is_under_its_floor(outcome: Outcome) -> None:
    measured = _figures(outcome)
    missed = shortfalls("robustness", measured)
    assert not missed, "\n".join([str(missed), *outcome.misses, str(outcome.false_alarms)])


def test_every_larger_group_has_a_floor(outcome: Outcome) -> None:
    large = {g for g, rate in outcome.groups.items() if rate.gold >= 5}
    assert {f"F1 of {g}" for g in large} <= set(FLOORS["robustness"])
