"""The fast coder and `classify`, with a stand-in for the encoder."""

import pytest

from sayso.code import Code, Codebook, Example, Family, FastCoder, Unit, classify, unit_of
from sayso.code.fast import shipped_encoder
from sayso.errors import SaysoError, UsageError
from sayso.records import Attribution, ChainLink, Span, Speaker, Statement

FAMILY = Family(
    name="tone",
    unsure_below=0.5,
    codes=(
        Code(name="warm", definition="Speaks kindly", examples=("we love them", "they are dear friends")),
        Code(name="cold", definition="Speaks coldly", examples=("we hate them", "they are bitter enemies")),
    ),
)


def statement(text: str, identity: str = "s1") -> Statement:
    return Statement(identity, (Span(0, len(text), text),), Speaker("A", "group"), (ChainLink("d", "document"),), 0)


def test_codes_statements_from_the_codebook_alone(embed):
    coder = FastCoder.learn(FAMILY, embed=embed)
    warm, cold = coder.code([statement("dear friends all", "a"), statement("bitter enemies all", "b")])
    assert (warm.statement, warm.code, cold.code) == ("a", "warm", "cold")
    assert warm.coder == "model:fast" and warm.family == "tone" and warm.codebook_version == FAMILY.version
    assert warm.reasons[0] == "they are dear friends"
    assert warm.probability + warm.others["cold"] == pytest.approx(1)


def test_says_unsure_below_the_threshold(embed):
    family = FAMILY.model_copy(update={"unsure_below": 1.0})
    assert FastCoder.learn(family, embed=embed).code([statement("dear friends")])[0].unsure
    sure = FAMILY.model_copy(update={"unsure_below": 0.0})
    assert not FastCoder.learn(sure, embed=embed).code([statement("dear friends")])[0].unsure


def test_coded_examples_teach(embed):
    taught = [Example(f"bitter tea number {n}", "warm") for n in range(20)]
    taught += [Example(f"sweet tea number {n}", "cold") for n in range(20)]
    coder = FastCoder.learn(FAMILY, taught, embed=embed)
    assert [p.code for p in coder.predict([Unit("bitter tea again"), Unit("sweet tea again")])] == ["warm", "cold"]


def test_saved_coder_says_the_same(embed, tmp_path):
    coder = FastCoder.learn(FAMILY, embed=embed)
    coder.save(tmp_path / "tone.npz")
    again = FastCoder.load(tmp_path / "tone.npz", embed=embed)
    units = [Unit("dear friends"), Unit("enemies"), Unit("neither")]
    for a, b in zip(coder.predict(units), again.predict(units), strict=True):
        assert a.code == b.code and a.reasons == b.reasons and a.probability == pytest.approx(b.probability, abs=1e-5)


def test_damaged_coder_is_refused(tmp_path, embed):
    (tmp_path / "x.npz").write_bytes(b"nothing")
    with pytest.raises(SaysoError, match=r"x\.npz"):
        FastCoder.load(tmp_path / "x.npz", embed=embed)


def test_family_of_multiple_codes(embed):
    family = FAMILY.model_copy(update={"multiple": True})
    taught = [Example("love and hate", code) for code in ("warm", "cold")] * 8
    taught += [Example("only love here", "warm"), Example("only hate here", "cold")] * 8
    coder = FastCoder.learn(family, taught, embed=embed)
    assert {c.code for c in coder.code([statement("love and hate")])} == {"warm", "cold"}
    assert {c.code for c in coder.code([statement("only hate here")])} == {"cold"}


def test_what_cannot_be_learned_is_refused(embed):
    with pytest.raises(UsageError, match="one code"):
        FastCoder.learn(Family(name="x", codes=(Code(name="a"),)), embed=embed)
    with pytest.raises(UsageError, match="hot"):
        FastCoder.learn(FAMILY, [Example("x", "hot")], embed=embed)


def test_empty_statements_get_no_coding(embed):
    assert FastCoder.learn(FAMILY, embed=embed).code([statement(" ")]) == []


def test_unit_reads_in_the_order_of_the_text():
    attribution = Attribution(
        "a1", (Span(6, 10, "said"),), (Span(11, 20, "they left"),), "indirect", 1.0, (Span(0, 5, "Maria"),)
    )
    made = Statement("s", attribution.content, Speaker("Maria", "person"), (), 0, attribution)
    unit = unit_of(made)
    assert (unit.text, unit.actor, unit.id) == ("Maria said they left", "Maria", "s")


ROWS = [{"t": f"{w} tea {n}", "l": label} for n in range(12) for w, label in (("sweet", "yes"), ("bitter", "no"))]


def test_classify_adds_three_columns_and_keeps_the_rest(embed):
    rows = [{"t": "sweet cake", "l": "?", "id": "1"}, {"t": "  ", "l": "", "id": "2"}]
    first, empty = classify(rows, ROWS, text="t", label="l", embed=embed)
    assert first["predicted"] == "yes" and first["id"] == "1" and first["l"] == "?"
    assert 0 < float(first["probability"]) <= 1 and first["unsure"] in ("true", "false")
    assert empty["predicted"] in ("yes", "no") and empty["unsure"] == "true"


def test_classify_streams(embed):
    given = 0

    def endless():
        nonlocal given
        while True:
            given += 1
            yield {"t": "sweet"}

    assert next(classify(endless(), ROWS, text="t", label="l", embed=embed))["predicted"] == "yes"
    assert given <= 256


@pytest.mark.parametrize("rows", [[], ROWS[:1], [{"t": "a", "l": ""}] * 5, [{"t": "", "l": "x"}]])
def test_classify_needs_two_labels(rows, embed):
    with pytest.raises(UsageError, match="two or more labels"):
        next(classify([], rows, text="t", label="l", embed=embed))


def test_default_family_learns(embed):
    family = Codebook.default().family("approach")
    seen = FastCoder.learn(family, embed=embed).predict([Unit("The union threatened to strike")])[0]
    assert set(seen.probabilities) == set(family.names)
    assert sum(seen.probabilities.values()) == pytest.approx(1)


def test_embedding_hangs_on_no_number_of_cores(monkeypatch):
    texts = [f"{word} {n} of the harbour" for n in range(9) for word in ("Strike", "The third ship")]
    tables = []
    for cores in (1, 3):
        monkeypatch.setattr("sayso.code.fast.cores", lambda cores=cores: cores)
        tables.append(shipped_encoder()(texts))
    assert tables[0].shape == (18, 384) and (tables[0] == tables[1]).all()


def test_an_embedding_made_before_is_used(embed):
    family = Family(name="tone", codes=(Code(name="warm", examples=("love",)), Code(name="cold", examples=("hate",))))
    asked = []
    coder = FastCoder.learn(family, embed=lambda texts: asked.extend(texts) or embed(texts))
    asked.clear()
    units = [Unit("they love us", embedding=tuple(embed(["they love us"])[0].tolist())), Unit("they hate us")]
    assert coder.predict(units) == coder.predict([Unit(u.text) for u in units])
    assert asked == ["they hate us", "they love us", "they hate us"]


def test_what_it_learned_is_coded_by_a_twin_that_has_not(embed, tmp_path):
    """Labels by chance cannot be learned: known by heart they agree with people fully, by twins as chance does."""
    taught = [Example(f"word{n} thing{n} matter{n}", ("warm", "cold")[n * 7 % 11 % 2]) for n in range(60)]
    units = [Unit(e.text) for e in taught]

    def right(coder):
        return sum(p.code == e.code for p, e in zip(coder.predict(units), taught, strict=True))

    assert right(FastCoder.learn(FAMILY, taught, embed=embed)) > 50
    fair = FastCoder.learn(FAMILY, taught, embed=embed, twins=True)
    assert right(fair) < 45
    assert all(unit.text not in p.reasons for unit, p in zip(units, fair.predict(units), strict=True))
    fair.save(tmp_path / "fair.npz")
    assert right(FastCoder.load(tmp_path / "fair.npz", embed=embed)) == right(fair)
    new = Unit("word1 thing2 matter3")
    plain = FastCoder.learn(FAMILY, taught, embed=embed)
    assert fair.predict([new])[0].probability == pytest.approx(plain.predict([new])[0].probability)


def test_twins_of_a_family_of_several_codes(embed):
    family = FAMILY.model_copy(update={"multiple": True})
    taught = [Example(f"bitter sweet tea {n}", code) for n in range(12) for code in ("warm", "cold")]
    taught += [Example(f"water {n}", "cold") for n in range(12)]
    seen = FastCoder.learn(family, taught, embed=embed, twins=True).predict(
        [Unit("bitter sweet tea 3"), Unit("water 3")]
    )
    assert seen[0].probabilities["warm"] > 0.5 > seen[1].probabilities["warm"]


def test_a_coder_leaves_out_the_statements_that_it_knows_by_heart(embed):
    coder = FastCoder.learn(FAMILY, embed=embed)
    coder.learned = frozenset({"a"})
    assert [c.statement for c in coder.code([statement("dear friends", "a"), statement("dear friends", "b")])] == ["b"]
