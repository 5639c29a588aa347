"""Quotations that have a speaker though no verb stands at them, or one that is easily passed over; posts that a page shows."""

import pytest
from samples import said

TROUBLE = "“I don't think that the harbour had any more trouble with what Berg said than when Petrova said that it was closed,”"


@pytest.mark.parametrize(
    "before", ["", "Berg also said he thinks that the ministry would be pleased if nothing happened.\n\n"]
)
def test_the_verb_beside_a_long_quotation_is_looked_at_again(before: str) -> None:
    assert said(f"{before}{TROUBLE} Berg told reporters Wednesday.")[-1] == ("Berg", TROUBLE)


@pytest.mark.parametrize("text", [
    "Berg bought the record “I never knew what the harbour master told the pilots that day” on Wednesday.",
    "Berg was given a book, “What the Harbour Master Told the Pilots That Day,” by reporters on Wednesday.",
])  # fmt: skip
def test_a_title_is_no_quotation(text: str) -> None:
    assert all("“" not in content for _, content in said(text))


@pytest.mark.parametrize(("clause", "more"), [
    ("adding that she was tired of the rain", "that she was tired of the rain"),
    ("adding a word of thanks for the divers", "a word of thanks for the divers"),
])  # fmt: skip
def test_what_is_quoted_behind_an_addition_is_said_and_not_added(clause: str, more: str) -> None:
    text = f"“We will find the money,” Lund said, {clause}. “And the engine has never failed.”"
    assert said(text) == [("Lund", "“We will find the money,” | “And the engine has never failed.”"), ("Lund", more)]


def test_what_is_added_in_marks_in_the_same_sentence_is_added() -> None:
    text = "“We will find the money,” Lund said, adding that “the engine has never failed.”"
    assert said(text) == [("Lund", "“We will find the money,”"), ("Lund", "that “the engine has never failed.”")]


def test_what_another_says_behind_an_addition_is_his() -> None:
    text = "“We will find the money,” Lund said, adding that she was tired. “The engine has failed,” Berg replied."
    assert said(text)[-1] == ("Berg", "“The engine has failed,”")


RIGHT_NOW = "“Right now the whole town is against the dam. But you want your people to be for something.”"


@pytest.mark.parametrize(("before", "speaker"), [
    ("“Nobody is buying the fish. The boats lie idle,” Lund said.", "Lund"),
    ("The mayor assured the fishermen that he would tell the ministry to wait.", "The mayor"),
    ("“Nobody is buying the fish,” Lund said, adding that the boats lay idle.", "Lund"),
])  # fmt: skip
def test_a_quotation_alone_in_its_paragraph_goes_on(before: str, speaker: str) -> None:
    found = said(f"The council met on Monday.\n\n{before}\n\n{RIGHT_NOW}\n\nThe dam was built in 1998.")
    assert [who for who, content in found if content.endswith(RIGHT_NOW)] == [speaker]


def test_so_does_one_that_is_taken_up_again() -> None:
    more = "“We wrote to the ministry in spring.\n\n“We have had no answer.”"
    lead = "The council met.\n\nThe owner of the trawler said the ministry was spreading rumours."
    found = said(f"{lead}\n\n{more}\n\nThe dam is old.")
    assert [who for who, content in found if content.endswith(more)] == ["The owner of the trawler"]


@pytest.mark.parametrize("text", [
    "The town was quiet on Sunday.\n\n“Fresh fish at the quay every morning, from six o'clock on.”\n\nThe sign is old.",
    "Fishermen praise the new harbour.\n\n“Fresh fish at the quay every morning, from six o'clock on.”\n\nThe sign is old.",
    "Lund said that the boats lay idle.\n\nThe town was quiet.\n\n“Fresh fish at the quay every morning, from six on.”",
    "Lund said that the boats lay idle. The town was quiet.\n\n‘A hard night at the quay.’\n\nThe storm came at six.",
])  # fmt: skip
def test_a_sign_or_a_heading_goes_on_with_nobody(text: str) -> None:
    assert all("Fresh" not in content and "hard night" not in content for _, content in said(text))


ALONE = "“I never knew a thing about it, not a thing.”"


@pytest.mark.parametrize("before", [
    "Reporters asked Lund whether he knew of the payments.",
    "“Did you see the flood coming?” a reporter asked.",
    "Lund did not respond to a request for comment.",
    "Berg accused Lund of lying about his taxes.",
    "A report found that the bridge had been unsafe for years.",
])  # fmt: skip
def test_an_answer_is_not_the_askers_nor_a_reports_nor_who_kept_silent(before: str) -> None:
    found = said(f"The hearing was long.\n\n{before}\n\n{ALONE}\n\nThe room has no windows.")
    assert all(ALONE not in content for _, content in found)


@pytest.mark.parametrize("behind", [
    "“There is a man at the quay with a lamp!”\n\nThe call came in at nine.",
    "Those were the words of his rival, who left early.",
    "Hull manager Dan Parrish was furious with the referee.",
])  # fmt: skip
def test_behind_reported_words_a_quotation_may_be_anothers(behind: str) -> None:
    found = said(f"The match was long.\n\nThe coach said he was pleased with the win.\n\n{ALONE}\n\n{behind}")
    assert all(ALONE not in content for who, content in found if who == "The coach")


def test_a_quotation_in_the_next_paragraph_with_a_verb_is_its_own() -> None:
    text = f"The council met.\n\n“Nobody is buying the fish,” Lund said.\n\n{RIGHT_NOW[:-2]},” said Berg."
    assert [who for who, content in said(text)] == ["Lund", "Berg"]


@pytest.mark.parametrize("date", ["September 1, 2016", "Sept. 1, 2016", "1 September 2016"])
@pytest.mark.parametrize("link", ["", " https://t.co/daC7Qr7Z", " pic.twitter.com/hNzv1 https://t.co/x9"])
def test_a_post_that_the_page_shows_is_said_by_who_wrote_it(date: str, link: str) -> None:
    post = "Lena Marsh briefly wore the hat of a pilot on the quay. Just another day at the harbour."
    text = f"The divers met at the quay.\n\n{post}{link} — Theo Brand (@theobrand) {date}\n\nThe mayor saw it all."
    assert said(text) == [("Theo Brand (@theobrand)", post)]


@pytest.mark.parametrize("name", ["Jean-Paul Sarti", "Al-Quay Radio", "Mary-Kate Lund-Ford"])
def test_a_hyphen_in_the_writers_name_parts_no_post(name: str) -> None:
    post = "We must never forget what happened in this square, and we are proud."
    text = f"The town is old.\n\n<blockquote>{post}</blockquote> — {name} (@quay) May 4, 2019\n\nIt rained."
    assert said(text) == [(f"{name} (@quay)", post)]


@pytest.mark.parametrize("text", [
    "A fan holds up a scarf before the match, and we see him smile — Photo: Paul Ellis (@pellis) March 3, 2020",
    "The divers were there – with Theo Brand (@theobrand) – on September 1, 2016.",
    "The hat was shown to Lena Marsh and the pilots – Theo Brand (@theobrand) September 1, 2016 was the first to see it.",
    "The hat is on show at the quay – see Theo Brand (@theobrand) for more.",
])  # fmt: skip
def test_a_name_with_an_account_is_no_post(text: str) -> None:
    assert all("(@" not in who for who, _ in said(text))
