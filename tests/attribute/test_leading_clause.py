"""Who claims something in a clause that leads into what he says: "Claiming that …, Lund told …"."""

import pytest
from samples import said


@pytest.mark.parametrize(("text", "who"), [
    ("Expecting thousands for the regatta on opening day, Berg said he would ignore the official rules.", "Berg"),
    ("Praising the pilots for their long nights on the water, she told the council that the chart was wrong.", "she"),
    ("Using a rude word to describe the divers as pirates of the channel, he said perhaps they wanted to steal the bell.",
     "he"),
])  # fmt: skip
def test_it_is_the_subject_of_what_follows(text: str, who: str) -> None:
    assert [source for source, _ in said(text)] == [who, who]


@pytest.mark.parametrize("text", [
    "Praising the pilots will anger the town, Lund told the council.",
    "Praising the pilots is easy. Lund told the council that the chart was wrong.",
])  # fmt: skip
def test_a_subject_leads_into_nothing(text: str) -> None:
    assert not [content for who, content in said(text) if who == "Lund" and content.startswith("the pilots")]
