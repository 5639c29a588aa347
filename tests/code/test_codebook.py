"""The codebook as a desk's owner edits it: what loads, what is refused and how the message helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.code import Codebook
from sayso.errors import SettingsError

GOOD = """\
families:
- name: tone
  codes:
  - name: warm
    definition: Speaks kindly.
    examples: ["We love them."]
    value: 1
    color: "#ff0000"
  - name: cold
    value: -1
    counter_examples:
    - We love them.
    - {text: We adore them., code: warm}
"""


def test_default_codebook_is_complete():
    family = Codebook.default().family("approach")
    wanted = (
        "agree consult support cooperate aid yield demand accuse reject threaten mobilize protest sanction coerce "
        "assault promise warn praise shame deny claim justify inform"
    )
    assert set(family.names) == set(wanted.split())
    assert family.ordinal and not family.multiple
    for code in family:
        assert code.definition and len(code.examples) >= 4 and code.quadrant and code.color, code.name
        assert code.value is not None and -10 <= code.value <= 10
    assert family.find("REQUEST").name == "demand" and family.find("nonsense") is None


def test_a_plain_counter_example_is_a_text():
    cold = Codebook.parse(GOOD).family("tone").find("cold")
    assert [(c.text, c.code) for c in cold.counter_examples] == [("We love them.", ""), ("We adore them.", "warm")]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("definition: Speaks kindly.", "defnition: x", 5, "defnition"),
        ("value: -1", "value: low", 10, "codes[1].value"),
        ('"#ff0000"', "red", 8, "color"),
        ("code: warm}", "code: hot}", 13, "no code 'hot'"),
        ("name: cold", "name: warm", 9, "already names"),
        ("value: -1", "parent: nobody", 10, "parent"),
        ("value: -1", "parent: cold", 10, "circle"),
        ("name: tone", "name: [", 4, "not valid YAML"),
        ("value: 1\n", "value: 1\n    value: 2\n", 8, "stands twice"),
        ('["We love them."]', '[" "]', 6, "empty"),
        ("name: cold", 'name: ""', 9, "name"),
        ("value: -1", "value: .nan", 10, "codes[1].value"),
        ("name: tone", "name: topic:tone", 2, "those of topics"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(old, new, line, what):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(SettingsError) as caught:
        Codebook.parse(text, "desk/codebook.yaml")
    message = str(caught.value)
    assert message.startswith(f"desk/codebook.yaml:{line}:") and what in message and "\n" not in message


@pytest.mark.parametrize(
    "text", ["[]", "7", "families: 3", "families:\n- codes: []", "\x00", "a: &x [*x]", "families: &x [*x]"]
)
def test_other_texts_are_refused_in_one_line(text):
    with pytest.raises(SettingsError) as caught:
        Codebook.parse(text, "c.yaml")
    assert "\n" not in str(caught.value)


def test_version_follows_meaning_not_looks():
    book = Codebook.parse(GOOD)
    assert Codebook.parse(GOOD.replace("#ff0000", "#00ff00")).version == book.version
    assert Codebook.parse(GOOD.replace("kindly", "rudely")).version != book.version
    assert Codebook.parse(GOOD.replace("value: 1\n", "value: 2\n")).version != book.version


def test_yaml_round_trip():
    for book in (Codebook.default(), Codebook.parse(GOOD)):
        again = Codebook.parse(book.to_yaml())
        assert again == book and again.version == book.version


@given(st.text(max_size=200))
def test_any_text_loads_or_is_refused(text):
    try:
        assert isinstance(Codebook.parse(text), Codebook)
    except SettingsError as error:
        assert str(error)


def test_unreadable_file(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.yaml"):
        Codebook.load(tmp_path / "none.yaml")
