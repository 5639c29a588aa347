"""The fast coder: learns a family in seconds from its definitions, its examples and what people have coded.

Embeddings of the shipped encoder and words go into a multinomial logistic regression whose probabilities are calibrated
on examples left out (`_learner`). With nothing coded it works from the codebook alone. A desk's coder codes what it has
learned from by twins that have not (cross-fitting, after Chernozhukov et al. 2018 and Zrnic & Candès 2024), or its
agreement with people would be its memory of them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.code import _learner
from sayso.code._features import Embed, Features, Hints, hint
from sayso.code.codebook import Family
from sayso.code.coder import Coder, Prediction
from sayso.code.unit import Example, Unit
from sayso.errors import SaysoError, UsageError

DEFINITION, RULE, LISTED, COUNTER = 0.5, 0.3, 1.0, 0.3  # how much texts of the codebook count beside a coded one
_FORMAT = 1
_REASONS = 3
_TWINS = 5
SHIPPED = Path(__file__).with_name("default.npz")  # made by `python -m train.coder`


class FastCoder(Coder):
    """Made by `FastCoder.learn` or `FastCoder.load`."""

    def __init__(
        self,
        family: Family,
        features: Features,
        models: Sequence[_learner.Model],
        examples: Sequence[Example],
        memory: NDArray[np.float32],
        name: str = "fast",
    ) -> None:
        self.name, self.family = name, family
        self._features, self._models = features, list(models)
        self._examples, self._memory = list(examples), memory
        self._codes = np.array([family.names.index(e.code) for e in examples], dtype=np.intp)
        self._unseen: dict[str, NDArray[np.float32]] = {}
        self.made_with = ""  # hash of the model that embedded what it learned from, where `save` was told

    @classmethod
    def learn(
        cls,
        family: Family,
        examples: Sequence[Example] = (),
        *,
        embed: Embed | None = None,
        name: str = "fast",
        twins: bool = False,
    ) -> FastCoder:
        """Learn `family` from its own texts and coded examples.

        With `twins`, each of the examples will be coded by a twin that learned without it. `embed` turns n texts into
        (n, d) unit rows; by default the shipped encoder does. Examples whose code the family does not have are refused
        (`UsageError`), as is a family with a single code.
        """
        if len(family.codes) < 2:
            raise UsageError(f"family {family.name!r} has one code; a coder needs two or more to choose from")
        unknown = sorted({e.code for e in examples} - set(family.names))
        if unknown:
            raise UsageError(
                f"examples carry codes that family {family.name!r} does not have: {', '.join(unknown[:5])}"
            )
        embed = embed or shipped_encoder()
        teaching = list(own_texts(family))
        targets = [_one_hot(family, code) for _, code in teaching] + [_one_hot(family, e.code) for e in examples]
        shown = [e for e, _ in teaching] + list(examples)
        counters = list(_counter_texts(family))
        shown += [e for e, _ in counters]
        targets += [t for _, t in counters]
        if not shown:
            raise UsageError(f"family {family.name!r} has neither definitions nor examples to learn from")
        units = [Unit(e.text, e.actor, e.target) for e in shown]
        roles = sum(bool(e.actor and e.target) for e in examples) * 2 > len(shown)
        features = Features(embed, roles, _hints(family))
        features.learn_words(units)
        dense = features.dense(units)
        rows, weight = features.join(dense, units), np.array([e.weight for e in shown])
        want = np.vstack(targets)
        if family.multiple:
            columns = [_same_text(shown, want[:, k]) for k in range(len(family.codes))]
            asked = [np.column_stack([1 - column, column]) for column in columns]
        else:
            asked = [want]
        models = [_learner.learn(rows, each, weight) for each in asked]
        width = dense.shape[1] // (3 if features.roles else 1)
        remembered = [i for i, e in enumerate(shown) if e.weight >= LISTED and e.code]
        coder = cls(family, features, models, [shown[i] for i in remembered], dense[remembered, :width], name)
        if twins and examples:
            part = np.full(len(shown), -1, dtype=np.intp)
            part[len(teaching) : len(teaching) + len(examples)] = _parts(family, examples)
            tables = [
                _learner.unseen(rows, *pair, part) for pair in zip(asked, [weight] * len(asked), models, strict=True)
            ]
            found = np.column_stack([t[:, 1] for t in tables]) if family.multiple else tables[0]
            coder._unseen = {_key(units[n]): found[n].astype(np.float32) for n in np.flatnonzero(part >= 0)}
        return coder

    def predict(self, units: Sequence[Unit]) -> list[Prediction]:
        if not units:
            return []
        dense = self._features.dense(units)
        table = self._table(dense, units)
        for n, unit in enumerate(units):
            known = self._unseen.get(_key(unit)) if self._unseen else None
            if known is not None:
                table[n] = known
        near = dense[:, : self._memory.shape[1]] @ self._memory.T
        out = []
        for unit, row, similar in zip(units, table, near, strict=True):
            best = int(row.argmax())
            p = float(row[best])
            out.append(
                Prediction(
                    code=self.family.names[best],
                    probability=p,
                    unsure=p < self.family.unsure_below,
                    probabilities=dict(zip(self.family.names, map(float, row), strict=True)),
                    reasons=nearest(self._examples, self._codes == best, similar, unit),
                )
            )
        return out

    def table(self, units: Sequence[Unit]) -> NDArray[np.float64]:
        """Probabilities (n, codes) alone, of one who has learned from all examples."""
        return self._table(self._features.dense(units), units)

    def _table(self, dense: NDArray[np.float32], units: Sequence[Unit]) -> NDArray[np.float64]:
        if not units:
            return np.zeros((0, len(self.family.codes)))
        rows = self._features.join(dense, units)
        if self.family.multiple:
            return np.column_stack([model.probabilities(rows)[:, 1] for model in self._models])
        return self._models[0].probabilities(rows)

    def save(self, path: str | Path, *, made_with: str = "") -> None:
        """Write one `.npz` file that `load` reads (no pickles in it)."""
        about = {
            "format": _FORMAT,
            "name": self.name,
            "made_with": made_with,
            "family": self.family.model_dump(mode="json"),
            "roles": self._features.roles,
            "words": self._features.words,
            "vocabulary": list(self._features.vocabulary),
            "temperatures": [model.temperature for model in self._models],
            "examples": [[e.text, e.code] for e in self._examples],
            "unseen": list(self._unseen),
        }
        unseen = np.array(list(self._unseen.values()), dtype=np.float32)
        weights = {f"w{n}": model.weights.astype(np.float32) for n, model in enumerate(self._models)}
        with Path(path).open("wb") as file:
            np.savez_compressed(file, about=np.array(json.dumps(about)), memory=self._memory, unseen=unseen, **weights)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path, *, embed: Embed | None = None) -> FastCoder:
        """Raises `SaysoError` for a file that `save` did not write."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                if about["format"] != _FORMAT:
                    raise SaysoError(f"{path}: a coder of another version of sayso; learn it again")
                models = [
                    _learner.Model(file[f"w{n}"].astype(np.float64), t) for n, t in enumerate(about["temperatures"])
                ]
                memory = file["memory"]
                unseen = dict(zip(about.get("unseen", ()), file.get("unseen", ()), strict=True))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SaysoError(f"{path}: not a coder saved by sayso: {error}") from error
        vocabulary = {gram: n for n, gram in enumerate(about["vocabulary"])}
        family = Family.model_validate(about["family"])
        features = Features(embed or shipped_encoder(), about["roles"], _hints(family), about["words"], vocabulary)
        coder = cls(family, features, models, [Example(t, c) for t, c in about["examples"]], memory, about["name"])
        coder.made_with, coder._unseen = about.get("made_with", ""), unseen
        return coder


def nearest(
    examples: Sequence[Example], of_code: NDArray[np.bool_], similar: NDArray[np.float32], unit: Unit
) -> tuple[str, ...]:
    """The examples of a code most similar to the unit, best first; the unit itself is no reason."""
    if not similar.size:
        return ()
    own = [i for i in map(int, np.flatnonzero(of_code)) if examples[i].text != unit.text]
    return tuple(dict.fromkeys(examples[i].text for i in sorted(own, key=lambda i: -similar[i])))[:_REASONS]


def shipped_encoder() -> Embed:
    """The package's encoder, loaded once a process; texts are shared out over the cores that the process may use.

    Each text is embedded by itself, so the result hangs neither on its neighbours nor on the number of cores. What stands
    twice in one call is embedded once.
    """
    from sayso.encoder import Encoder  # onnxruntime is slow to import and not every command codes

    encoder = Encoder.load()
    count = cores()

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        different = list(dict.fromkeys(texts))
        if len(different) < len(texts):
            at = {text: n for n, text in enumerate(different)}
            return embed(different)[[at[text] for text in texts]]
        if count == 1 or len(texts) < 2 * count:
            return encoder.embed(texts)
        encoder.embed(texts[:1])  # loads the model before several threads want it
        with ThreadPoolExecutor(count) as pool:
            parts = list(pool.map(encoder.embed, (texts[k::count] for k in range(count))))
        out = np.zeros((len(texts), parts[0].shape[1]), np.float32)
        for k, part in enumerate(parts):
            out[k::count] = part
        return out

    return embed


def untrained(family: Family, *, embed: Embed | None = None) -> FastCoder:
    """The coder of a family that nobody has coded yet. That of the default codebook's family comes with the package."""
    if embed is None and SHIPPED.exists():
        try:
            coder = FastCoder.load(SHIPPED)
        except SaysoError:
            coder = None
        if coder is not None and coder.family.version == family.version and coder.made_with == embedder_hash():
            coder.family = family  # what coding does not depend on (colours, thresholds) may have been changed
            return coder
    return FastCoder.learn(family, embed=embed)


def embedder_hash() -> str:
    """The hash of what the shipped encoder embeds texts with."""
    from sayso.encoder.tokens import MODEL_FOLDER

    files = json.loads((MODEL_FOLDER / "manifest.json").read_text(encoding="utf-8"))["files"]
    return f"{files['embedder.onnx'][:12]} {files['tokenizer.json'][:12]}"


def remembering(embed: Embed) -> Embed:
    """An encoder that embeds each text once: folds share most of their texts."""
    known: dict[str, NDArray[np.float32]] = {}

    def call(texts: Sequence[str]) -> NDArray[np.float32]:
        new = [t for t in dict.fromkeys(texts) if t not in known]
        known.update(zip(new, embed(new), strict=True) if new else ())
        return np.stack([known[t] for t in texts])

    return call


def cores() -> int:
    """Those that the process may use; OMP_NUM_THREADS, which bulk runs set for each of their workers, limits them."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, max(1, int(limit))) if limit.isdecimal() else allowed


def own_texts(family: Family) -> Iterator[tuple[Example, str]]:
    """What the codebook itself says of each code, as examples."""
    for code in family:
        if code.definition:
            yield Example(f"{code.title or code.name}. {code.definition}", code.name, weight=DEFINITION), code.name
        for rule in code.include:
            yield Example(rule, code.name, weight=RULE), code.name
        for text in code.examples:
            yield Example(text, code.name, weight=LISTED), code.name
        for counter in code.counter_examples:
            if counter.code in family.names:
                yield Example(counter.text, counter.code, weight=LISTED), counter.code


def _counter_texts(family: Family) -> Iterator[tuple[Example, NDArray[np.float64]]]:
    """Counter-examples that belong to no named code: they speak for every code but their own."""
    for n, code in enumerate(family.codes):
        for counter in code.counter_examples:
            if not counter.code:
                target = np.full(len(family.codes), 0.0 if family.multiple else 1 / (len(family.codes) - 1))
                target[n] = 0.0
                yield Example(counter.text, "", weight=COUNTER), target


def _parts(family: Family, examples: Sequence[Example]) -> NDArray[np.intp]:
    """Which twin codes each example; what has the same words is left out together."""
    first = {example.text: n for n, example in reversed(list(enumerate(examples)))}
    alone = sorted(first.values())
    labels = np.array([family.names.index(examples[n].code) for n in alone], dtype=np.intp)
    part = dict(zip(alone, _learner.split(labels, _TWINS), strict=True))
    return np.array([part[first[example.text]] for example in examples], dtype=np.intp)


def _key(unit: Unit) -> str:
    return hashlib.sha256("\x1f".join((unit.text, unit.actor, unit.target)).encode("utf-8", "replace")).hexdigest()[:24]


def _hints(family: Family) -> Hints:
    hints = [hint(code.words) for code in family]
    return hints if any(hints) else []


def _one_hot(family: Family, code: str) -> NDArray[np.float64]:
    target = np.zeros(len(family.codes))
    target[family.names.index(code)] = 1.0
    return target


def _same_text(shown: Sequence[Example], column: NDArray[np.float64]) -> NDArray[np.float64]:
    """In a family of multiple codes a text that has this code on one row has it on all its rows."""
    having = {e.text for e, value in zip(shown, column, strict=True) if value > 0}
    return np.array([1.0 if e.text in having else 0.0 for e in shown])
