"""What a desk makes of people's codings: the model's standing, and the endpoint that a desk may name."""

from types import SimpleNamespace

from sayso.code import Code, Family, Unit
from sayso.desk.coders import Coders
from sayso.desk.coding import Judged, Standing, standing
from sayso.desk.settings import Settings
from sayso.records import Coding

FAMILY = Family(name="tone", floor=0.5, codes=(Code(name="warm"), Code(name="cold")))


def desk_with(pairs: list[tuple[str, str]]):
    """A desk on which people and the model gave these codes."""
    human = [Coding(f"s{n}", "tone", a, "ann") for n, (a, _) in enumerate(pairs)]
    machine = [Coding(f"s{n}", "tone", b, "model:fast", 0.9) for n, (_, b) in enumerate(pairs)]
    codings = SimpleNamespace(human=lambda: human, machine=lambda ids=None: machine)
    return SimpleNamespace(store=SimpleNamespace(codings=codings), topics=[])


def test_a_model_that_people_contradict_is_below_the_floor():
    good = standing(desk_with([("warm", "warm"), ("cold", "cold")] * 15), FAMILY)
    assert good.alpha == 1 and good.statements == 30 and not good.below
    bad = standing(desk_with([("warm", "cold"), ("cold", "cold")] * 15), FAMILY)
    assert bad.alpha < 0.5 and bad.below


def test_few_statements_say_nothing():
    assert standing(desk_with([("warm", "cold")] * 5), FAMILY) == Standing(None, 5, 0.5)
    assert not Standing(None, 5, 0.5).below


def test_judgements_stand_above_the_query():
    judged = Judged({("s1", "t"): False, ("s2", "t"): True, ("s9", "t"): True})
    here = [SimpleNamespace(id=s) for s in ("s1", "s2", "s3")]
    assert judged.over([("s1", "t"), ("s3", "t")], here) == [("s3", "t"), ("s2", "t")]
    assert judged.version and not Judged({}).version


def test_an_endpoint_codes_only_where_the_desk_names_one(tmp_path):
    book = SimpleNamespace(families=(FAMILY,), version="1")
    engines = SimpleNamespace(embed=lambda texts: None, attributor=SimpleNamespace(version="1", model=""))
    named = Settings.model_validate({"code": {"endpoint": "http://127.0.0.1:9/v1", "model": "tiny"}})
    desk = SimpleNamespace(folder=tmp_path, codebook=book, settings=named)
    (coder,) = Coders(desk, engines).each()
    assert coder.name.startswith("tiny@")
    plain = SimpleNamespace(folder=tmp_path, codebook=book, settings=Settings())
    assert Coders(plain, engines).producer != Coders(desk, engines).producer
    coder.close()


def test_what_the_codebook_teaches_is_kept_and_made_anew_when_damaged_or_changed(tmp_path, embed):
    family = Family(
        name="tone", codes=(Code(name="warm", examples=("we love",)), Code(name="cold", examples=("we hate",)))
    )
    engines = SimpleNamespace(embed=embed, attributor=SimpleNamespace(version="1", model="m"))

    def coded(families, text="we love them"):
        desk = SimpleNamespace(
            folder=tmp_path, codebook=SimpleNamespace(families=families, version="1"), settings=Settings()
        )
        (coder,) = Coders(desk, engines).each()
        return coder.predict([Unit(text)])[0]

    first = coded((family,))
    (kept,) = (tmp_path / "coders").iterdir()
    assert coded((family,)) == first
    kept.write_bytes(b"no coder")
    assert coded((family,)) == first
    turned = family.model_copy(update={"codes": (family.codes[0], Code(name="icy", examples=("we hate",)))})
    assert coded((turned,), "we hate them").code == "icy"
    assert [path.name for path in (tmp_path / "coders").iterdir()] == [kept.name]
