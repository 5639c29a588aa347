"""Where a content ends that lies inside somebody's words."""

import pytest
from samples import document, well_formed

from sayso.attribute import attribute


def inside(text: str) -> dict[str, tuple[str, str]]:
    """Content and kind of each nested attribution, by its source."""
    found = attribute(document(text))
    well_formed(text, found)
    return {
        " ".join(s.text for s in a.source): (" | ".join(s.text for s in a.content), a.kind)
        for a in found.attributions
        if a.parent is not None
    }


@pytest.mark.parametrize("after", ["It isn't.", "Nobody believes them. We wait.", "Why would they?"])
def test_what_is_told_inside_a_quotation_ends_with_its_sentence(after: str) -> None:
    found = inside(
        f"By September, Ms Dell was more insistent: \"I've now raised this three times. Manufacturer says it's within "
        f'tolerance. {after}"\n\nIt rained.'
    )
    assert found["Manufacturer"] == ("it's within tolerance", "indirect")


def test_what_is_asked_behind_it_is_not_told() -> None:
    turns = "Dana Quill: The Authority said yesterday that seventy dockers have signed. Are they all traitors?"
    text = f"Mara Venn: We threaten nobody who keeps his word.\n\n{turns}\n\nMara Venn: They have betrayed us."
    assert inside(text)["The Authority"][0] == "that seventy dockers have signed"


def test_an_abbreviation_ends_no_sentence() -> None:
    found = inside('"The minister says that the U.S. Government has paid Mr. Marsh nothing. We wait," said Ann Lee.')
    assert found["The minister"][0] == "that the U.S. Government has paid Mr. Marsh nothing"


@pytest.mark.parametrize("words", ["“Project Fear” was over", "“the bridge” is closed"])
def test_a_clause_that_begins_with_words_in_marks_is_whole(words: str) -> None:
    found = inside(f"Ann Lee told reporters that the minister had said {words}. It rained.")
    assert found["the minister"][0] == words


@pytest.mark.parametrize("stop", [".", "", ","])
def test_the_mark_that_closes_the_words_around_is_theirs(stop: str) -> None:
    found = inside(f"“He keeps a list. The boss says that we fill the cupboard with vitamins{stop}” said Ann Lee.")
    assert found["The boss"][0] == "that we fill the cupboard with vitamins"


def test_a_content_keeps_the_mark_of_a_quotation_in_it() -> None:
    found = inside("Ann Lee said that the king had called the harbour “a hole in the ground.” It rained on Monday.")
    assert found["the king"][0] == "the harbour “a hole in the ground.”"


def test_a_quotation_ends_with_its_marks_where_the_sentence_around_goes_on() -> None:
    found = inside('She found that an email in which he wrote "let\'s get this done" was "clear evidence".')
    assert found["he"] == ('"let\'s get this done"', "direct")
    assert inside("\"They told us 'go or die' and we went,\" said a man.")["They"] == ("'go or die'", "direct")


def test_words_given_as_they_were_said_may_have_sentences() -> None:
    found = inside("“The nurse told me, you will go home on Friday. You will be fine,” said Ann Lee.")
    assert found["The nurse"][0] == "you will go home on Friday. You will be fine"
