"""The measure: figures of a small case by hand, and the same as the project's scorer on real texts."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from quality import shortfalls

from sayso.attribute import attribute
from sayso.attribute.evaluate import GoldText, Scores, evaluate, read_gold, reliability, thresholds
from sayso.errors import UsageError
from sayso.records import Analysis, Attribution, Document, Span

TEXT = "Ann said that it rained. “Go,” Bob told us. It was late."


def found(text: str, source: str, cue: str, content: str, confidence: float = 0.9, **more: str) -> Attribution:
    def spans(words: str) -> tuple[Span, ...]:
        return (Span(text.index(words), text.index(words) + len(words), words),) if words else ()

    return Attribution(
        id=f"a{text.index(content)}", cue=spans(cue), content=spans(content), kind="indirect", confidence=confidence,
        source=spans(source), **more,
    )  # fmt: skip


def gold(text: str, *relations: tuple[str, str, str]) -> GoldText:
    def ranges(words: str) -> list[tuple[int, int]]:
        return [(text.index(words), text.index(words) + len(words))] if words else []

    return GoldText(
        "t", text, [{"source": ranges(s), "cue": ranges(c), "content": ranges(q)} for s, c, q in relations]
    )  # fmt: skip


RELATIONS = (("Ann", "said", "that it rained"), ("Bob", "told", "“Go,”"))


def test_what_is_right_counts_once() -> None:
    perfect = [found(TEXT, *r) for r in RELATIONS]
    scores = evaluate([gold(TEXT, *RELATIONS)], lambda d: Analysis(tuple(perfect)))
    assert all(r.f1 == 1 for r in scores.rates.values())
    assert scores.rates["direct e2e"].gold == 1 and scores.source_accuracy == 1


def test_a_wrong_source_and_an_invented_attribution_cost_what_they_should() -> None:
    wrong = (
        found(TEXT, "Bob", "said", "that it rained", 0.8),
        found(TEXT, "Bob", "told", "“Go,”", 0.6),
        found(TEXT, "", "was", "late", 0.3),
    )
    scores = evaluate([gold(TEXT, *RELATIONS)], lambda d: Analysis(wrong))
    e2e = scores.rates["e2e"]
    assert (e2e.hit, e2e.predicted, e2e.gold) == (1, 3, 2)
    assert scores.rates["content partial"].hit == 2 and scores.source_accuracy == 0.5
    assert sorted(scores.outcomes) == [(0.3, False), (0.6, True), (0.8, False)]
    assert reliability(scores.outcomes, bins=2) == [
        (0.0, 0.5, 1, 0.3, 0.0), (0.5, 1.0, 2, pytest.approx(0.7), 0.5),
    ]  # fmt: skip
    curve = dict(
        thresholds([gold(TEXT, *RELATIONS)], lambda d, t: Analysis(tuple(a for a in wrong if a.confidence >= t)))
    )
    assert [(rate.hit, rate.predicted) for rate in curve.values()] == [(1, 3)] * 2 + [(1, 2)] * 3 + [(0, 1)] * 2 + [
        (0, 0)
    ]


def test_nested_attributions_are_left_out() -> None:
    outer = found(TEXT, *RELATIONS[0])
    inner = found(TEXT, "it", "rained", "rained", parent=outer.id)
    scores = evaluate([gold(TEXT, RELATIONS[0])], lambda d: Analysis((outer, inner)))
    assert scores.rates["e2e"].predicted == 1


def test_a_folder_without_gold_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="text/ and attributions/"):
        read_gold(tmp_path)


def test_gold_is_read_with_discontinuous_spans_and_the_first_annotator(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "attributions").mkdir()
    (tmp_path / "text" / "one.txt").write_bytes(b"A said B\r\nand C.")
    (tmp_path / "attributions" / "one_a1.ann").write_text(
        "T1\tSource 0 1\tA\nT2\tCue 2 6\tsaid\nT3\tContent 7 8;14 15\tB C\nE1\tAttribution:T2 Source:T1 Cue:T2 Content:T3\n"
    )
    (tmp_path / "attributions" / "one_b2.ann").write_text("")
    (text,) = read_gold(tmp_path)
    assert text.attributions == [{"source": [(0, 1)], "cue": [(2, 6)], "content": [(7, 8), (14, 15)]}]
    assert text.text[14:15] == "C"


# --- with the measuring data ---


@pytest.fixture(scope="module")
def dev(shared_data: Path) -> tuple[list[GoldText], dict[str, Analysis], Scores]:
    """The development texts, what the shipped model finds in them, and its scores."""
    texts = read_gold(shared_data / "polnear" / "dev")
    analyses: dict[str, Analysis] = {}

    def once(document: Document) -> Analysis:
        analyses[document.path] = attribute(document)
        return analyses[document.path]

    return texts, analyses, evaluate(texts, once)


@pytest.mark.shared
def test_quality_on_the_development_texts_is_not_under_its_floors(
    dev: tuple[list[GoldText], dict[str, Analysis], Scores],
) -> None:
    scores = dev[2]
    gaps = [(abs(mean - right), n) for _, _, n, mean, right in reliability(scores.outcomes)]
    measured = {f"{name} F1": rate.f1 for name, rate in scores.rates.items()} | {
        "source accuracy": scores.source_accuracy,
        "calibration error": sum(g * n for g, n in gaps) / sum(n for _, n in gaps),
    }
    missed = shortfalls("polnear_dev", measured)
    assert not missed, missed


@pytest.mark.shared
def test_the_scorer_of_the_project_gives_the_same_figures(
    dev: tuple[list[GoldText], dict[str, Analysis], Scores], shared_data: Path, shared_bench: Path
) -> None:
    texts, analyses, scores = dev
    scorer = _module(shared_bench / "score.py")
    predicted = {
        t.name: [
            {role: [(s.start, s.end) for s in getattr(a, role)] for role in ("source", "cue", "content")}
            for a in analyses[t.name].attributions
            if a.parent is None
        ]
        for t in texts
    }
    out = scorer.score(scorer.read_gold(str(shared_data / "polnear" / "dev")), predicted)
    figures = {
        "content tokens": "tokens",
        "content partial": "partial",
        "e2e": "e2e",
        "full": "full",
        "cue tokens": "cue_tokens",
    }
    theirs = {ours: out["all"][name] for ours, name in figures.items()}
    theirs |= {f"direct {name}": out["direct"][name] for name in ("partial", "e2e")}
    for name, values in theirs.items():
        rate = scores.rates[name]
        assert (rate.p, rate.r, rate.f1) == pytest.approx((values["p"], values["r"], values["f1"]), abs=1e-9), name
    assert scores.source_accuracy == pytest.approx(out["all"]["source"]["accuracy"])


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("scorer", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
