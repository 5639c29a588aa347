"""Plain text and Markdown: untouched text, marked furniture, dates and titles of files that say little of themselves."""

# ruff: noqa: E501 (sample texts)

import datetime as dt

import pytest

from sayso.read import Unreadable, read

ARTICLE = (
    "The port authority said on Monday that it would not reopen talks with the union.\n\n"
    "“We have made our last offer,” its director said. Readers should comment on the plan by May, she added.\n\n"
    "The union answered with a call for a two-day strike at all three terminals.\n\n"
    "It said that related stories in the press were wrong, and that it would share its own figures on Facebook.\n"
)


def marked(text: str) -> list[str]:
    return [span.text for span in read(text.encode(), "a.txt").boilerplate]


def test_the_text_is_the_file_s_own():
    raw = "\ufeff  First line\r\nsecond\tline \r\n\r\n\x0cThird “line” é\r\n"
    document = read(raw.encode(), "a.txt")
    assert document.text == raw[1:]
    assert document.format == "text"


@pytest.mark.parametrize(
    "line",
    [
        "Note: Read our discussion guidelines before commenting.",
        "Please read our comment policy before you post.",
        "Comments are closed.",
        "12 Comments",
        "Share this article",
        "Facebook Twitter WhatsApp Email",
        "Share on Facebook | Tweet | Print",
        "Sign up for our daily newsletter",
        "Subscribe to our newsletter to get the news in your inbox.",
        "© 2019 Harbour Gazette",
        "Copyright 2019 by the Harbour Gazette. All rights reserved.",
        "Related: Dockers end strike",
        "Related stories",
        "Read more: Dockers end strike",
        "Photo: Jane Doe / Reuters",
        "(Photo by Jane Doe/Getty Images)",
        "Reporting by Jane Doe; Editing by Bo Li",
        "Follow us on Twitter",
        "Advertisement",
        "Tags: ports, strikes, unions",
        "Skip to main content",
        "Lesen Sie auch: Hafenstreik beendet",
    ],
)
def test_furniture_is_marked_and_prose_is_not(line):
    assert marked(ARTICLE + "\n" + line + "\n") == [line]


@pytest.mark.parametrize("line", ["ports (12)", "Home > News > Ports", "union news (3)"])
def test_page_heads_are_marked_at_the_head_alone(line):
    assert marked(line + "\n\n" + ARTICLE) == [line]
    middle = ARTICLE * 3 + "\n" + line + "\n\n" + ARTICLE * 3
    assert marked(middle) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "He told reporters to read the guidelines of the committee before the vote.",
        "She declined to comment.",
        "Share prices fell by 3% on Monday.",
        "Subscribe or perish, the publisher wrote in his memoir of the newspaper wars.",
        "The video of the attack was posted on Twitter and Facebook by the group itself.",
        "Copyright law is a mess, the judge said.",
        "Comment on the ruling was sparse.",
        "The photo shows a docker at the gate, the union said.",
        "More than 20 people were hurt, the police said.",
        "Related parties must disclose their interests, the rules say.",
    ],
)
def test_sentences_about_such_things_are_prose(sentence):
    assert marked(ARTICLE + "\n" + sentence + "\n\n" + ARTICLE) == []


def test_headlines_below_related_stories_go_with_them():
    tail = "Related stories\nDockers end strike after nine days\nPort authority names new director\n"
    assert marked(ARTICLE + "\n" + tail) == tail.strip().split("\n")


def test_a_headline_is_the_title_and_else_the_file_name():
    assert read(("Port rejects talks\n\n" + ARTICLE).encode(), "x/port_talks.txt").title == "Port rejects talks"
    assert read(ARTICLE.encode(), "x/port_talks.txt").title == "port talks"


@pytest.mark.parametrize(
    ("text", "path", "value", "origin"),
    [
        (ARTICLE, "2019-05-04-port.txt", "2019-05-04", "metadata"),
        (ARTICLE, "CCC_20190504.txt", "2019-05-04", "metadata"),
        ("Port rejects talks\n\n4 May 2019\n\n" + ARTICLE, "a.txt", "2019-05-04", "text"),
        ("HAMBURG, May 4, 2019 (Reuters) - " + ARTICLE, "a.txt", "2019-05-04", "text"),
        ("By Anna Berg, May 4, 2019\n\n" + ARTICLE, "20180101.txt", "2019-05-04", "text"),
    ],
)
def test_dates_of_files(text, path, value, origin):
    found = read(text.encode(), path, captured=dt.date(2020, 1, 1)).published
    assert found is not None
    assert (found.value, found.origin) == (value, origin)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (ARTICLE, "port.txt"),
        (ARTICLE, "2031-05-04.txt"),
        (ARTICLE, "20190231.txt"),
        (
            "The law has been in force since May 4, 2019, the ministry said in a long statement to the press.\n"
            + ARTICLE,
            "a.txt",
        ),
    ],
)
def test_no_date_is_guessed(text, path):
    assert read(text.encode(), path, captured=dt.date(2020, 1, 1)).published is None


def test_markdown_keeps_its_signs_and_marks_quotes_and_front_matter():
    raw = "---\ntitle: Port rejects talks\ndate: 2019-05-04\n---\n\n# Heading\n\nSome **text** here.\n\n> They lied,\n> he said.\n\n![a](b.png)\n"
    document = read(raw.encode(), "a.md")
    assert document.text == raw
    assert document.title == "Port rejects talks"
    assert document.published is not None and document.published.value == "2019-05-04"
    assert [s.text for s in document.quoted_blocks] == ["> They lied,\n> he said."]
    assert [s.text for s in document.boilerplate] == [raw[: raw.index("\n\n# H")], "![a](b.png)"]


@pytest.mark.parametrize(
    ("language", "encoding", "text"),
    [
        ("ru", "cp1251", "Министр заявил, что переговоры продолжатся на следующей неделе, несмотря на разногласия между сторонами."),
        ("ru", "koi8_r", "Министр заявил, что переговоры продолжатся на следующей неделе, несмотря на разногласия между сторонами."),
        ("ar", "cp1256", "قال الوزير إن المفاوضات ستستمر الأسبوع المقبل على الرغم من الخلافات بين الطرفين وأضاف أن الحكومة مستعدة"),
        ("tr", "cp1254", "Bakan, görüşmelerin önümüzdeki hafta devam edeceğini söyledi. Hükümet uzlaşmaya hazır olduğunu açıkladı."),
        ("pl", "cp1250", "Minister powiedział, że rozmowy będą kontynuowane w przyszłym tygodniu pomimo różnic. Źdźbło, gęś."),
        ("fr", "latin-1", "Le ministre a déclaré que les négociations se poursuivraient la semaine prochaine, malgré les désaccords."),
        ("de", "cp1252", "Der Minister erklärte, die „größeren“ Gespräche würden in der nächsten Woche fortgesetzt werden."),
        ("zh", "gb18030", "部长表示，尽管双方存在分歧，但谈判将于下周继续进行。他补充说，政府准备妥协。"),
        ("zh", "utf-16-le", "部长表示，尽管双方存在分歧，但谈判将于下周继续进行。他补充说，政府准备妥协。"),
        ("ja", "shift_jis", "大臣は、両者の意見の相違にもかかわらず、来週も交渉を続けると述べた。政府は妥協の用意があると付け加えた。"),
        ("ja", "shift_jis", "大臣は月曜日、「我々は協定に署名しない」と述べた。労働組合の委員長はストライキを続けると答えた。"),
        ("ja", "euc_jp", "大臣は月曜日、「我々は協定に署名しない」と述べた。労働組合の委員長はストライキを続けると答えた。"),
        ("ko", "euc_kr", "장관은 월요일 “우리는 협정에 서명하지 않을 것”이라고 말했다. 노조 위원장은 파업을 계속하겠다고 답했다."),
        ("zh", "big5", "部長週一表示：「我們不會簽署該協議。」工會主席回應說罷工將繼續，並呼籲政府重新談判。"),
        ("en", "utf-16-be", "The minister said that the talks would continue next week despite the differences between the two sides."),
        ("en", "utf-32", "The minister said that the talks would continue next week despite the differences between the two sides."),
    ],
)  # fmt: skip
def test_encodings_and_languages(language, encoding, text):
    document = read(text.encode(encoding), "a.txt")
    assert document.text == text
    assert document.language == language


@pytest.mark.parametrize("text", ["Si", "OK ok", "12 x 3456 78", "Dockers' union"])
def test_language_of_short_text_is_not_guessed(text):
    assert read(text.encode(), "a.txt").language == ""


def test_a_passage_in_another_language_is_told():
    german = "Der Minister erklärte am Montag, die Verhandlungen würden trotz der Meinungsverschiedenheiten zwischen den Seiten fortgesetzt."
    document = read((ARTICLE + "\n" + german + "\n\n" + ARTICLE).encode(), "a.txt")
    assert document.language == "en"
    assert [(document.text[p.start : p.end], p.language) for p in document.passages] == [(german, "de")]


def test_a_named_translator():
    assert read((ARTICLE + "\nTranslated from the Arabic by Jane Doe.\n").encode(), "a.txt").translator == "Jane Doe"
    assert (
        read(
            (ARTICLE + "\nThe book was translated by her sister, who lives in a small town.\n").encode(), "a.txt"
        ).translator
        == ""
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t" * 1000, "empty"),
        (b"abc\x00def", "NUL"),
        (bytes(range(256)) * 50, "NUL|binary"),
        (b"\x01\x02\x03\x04\x05" * 500, "binary"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "gzip"),
        (b" " * 50_000_000, "limit"),
        (b"word " * 1_100_000, "too long"),
        (b"\xff\xfea", "utf-16"),
        (b"[" * 100_000, "no words"),
        (b"12 - 34\n" * 50, "no words"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(data, reason):
    with pytest.raises(Unreadable, match=reason) as refusal:
        read(data, "a.txt")
    assert "\n" not in str(refusal.value)


@pytest.mark.shared
def test_the_model_case_keeps_its_text_and_its_furniture_is_marked(shared_data):
    file = shared_data / "deserters-report.txt"
    document = read(file.read_bytes(), str(file))
    assert document.text.encode() == file.read_bytes()
    assert len(document.boilerplate) == 2
    assert document.boilerplate[0].start == 0
    assert document.text[document.boilerplate[1].end :].strip() == ""
    assert document.language == "en"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Mira Oldham, 5 April 2024", "Mira Oldham"),
        ("STATEMENT BY THE NORTHERN BRIGADES", "NORTHERN BRIGADES"),
        ("Issued by: Ministry of Health", "Ministry of Health"),
        ("**By Oliver Tandy**", "Oliver Tandy"),
        ("Communiqué from the Harbour Union", "Harbour Union"),
        ("By the river, a man said that it rained.", ""),
        ("Letter of resignation", ""),
    ],
)
def test_who_signs_at_the_top_is_the_author(line, author):
    text = f"The port is closed\n\n{line}\n\nWe believe that the ships will come back in the spring of next year."
    assert read(text.encode(), "a.txt").author == author
