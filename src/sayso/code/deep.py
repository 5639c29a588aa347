"""The deep coder: a copy of the encoder fine-tuned for one family (minutes), saved as ONNX, applied without torch.

Its probabilities are the mean of the network's and of a fast coder's that learned the same examples: the one reads the
sentence, the other the words and the codebook's hints, and their errors differ (docs/code.md has the figures).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.code import _learner
from sayso.code._features import Embed, spots_of
from sayso.code.codebook import Family
from sayso.code.coder import Coder, Prediction
from sayso.code.fast import FastCoder, cores, nearest, own_texts, remembering, shipped_encoder
from sayso.code.unit import Example, Unit
from sayso.errors import SaysoError, UsageError

ACTOR, TARGET = "§", "¶"  # single tokens of the encoder that texts hardly use
_EPOCHS = 4, 20  # at least, at most; between them as many as make some 400 steps of 16 examples
_EXAMPLES = 6400  # seen in all, over all epochs
_HELD_OUT_FROM = 200  # examples from which a tenth is held out to calibrate on
_MILD = 0.9  # temperature where nothing could be held out: label smoothing makes the network too modest
_FAST = 0.3  # the fast coder's part of a probability
_FORMAT = 2
Array = NDArray[np.float64]


class DeepCoder(Coder):
    """Made by `DeepCoder.learn` (needs the extra `train`) or `DeepCoder.load` (needs nothing but the package)."""

    def __init__(self, folder: Path, *, embed: Embed | None = None) -> None:
        """Read what `learn` wrote. Raises `SaysoError` where files are missing or damaged."""
        self.folder = folder
        try:
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
            if about.get("format") != _FORMAT:
                raise ValueError("it was made by another version of sayso; learn it again")
            self.name: str = about["name"]
            self.family = Family.model_validate(about["family"])
            self._temperature, self._last = float(about["temperature"]), float(about["last_temperature"])
            self._examples = [Example(text, code) for text, code in about["examples"]]
            self._memory = np.load(folder / "memory.npy", allow_pickle=False)
            self._network = _Network(folder)
            self._fast = FastCoder.load(folder / "fast.npz", embed=embed)
        except Exception as error:  # onnxruntime and tokenizers raise bare Exceptions
            raise SaysoError(f"{folder}: not a deep coder saved by sayso: {error}") from error
        self._codes = np.array([self.family.names.index(e.code) for e in self._examples], dtype=np.intp)

    @classmethod
    def load(cls, folder: str | Path, *, embed: Embed | None = None) -> DeepCoder:
        return cls(Path(folder), embed=embed)

    @classmethod
    def learn(
        cls,
        family: Family,
        examples: Sequence[Example],
        folder: str | Path,
        *,
        epochs: int = 0,
        seed: int = 0,
        name: str = "deep",
        embed: Embed | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> DeepCoder:
        """Fine-tune on the family's own texts and `examples`, and save the result in `folder`.

        Without `epochs` the network sees some 6,400 examples, each 4 to 20 times: many examples that differ in what is
        noise are soon known by heart, a few need more than a few steps.
        In a family of multiple codes, examples with the same text, actor and target are one text with several codes.
        Raises `UsageError` without the extra `train` and for unknown codes.
        """
        try:
            from sayso.code import _train_deep
        except ImportError as error:
            raise UsageError(
                f"the deep coder needs the extra 'train' to learn ({error.name} is missing): "
                "pip install 'sayso[train]', or use the fast coder"
            ) from error
        once = remembering(embed or shipped_encoder())
        fast = FastCoder.learn(family, examples, embed=once)  # refuses what cannot be learned, before minutes pass
        texts, targets, weights = _taught(family, examples)
        held = np.zeros(len(texts), dtype=bool)
        if len(examples) >= _HELD_OUT_FROM:
            held = _learner.split(targets.argmax(axis=1), 10, seed) == 0
        net = _train_deep.train(
            [text for text, out in zip(texts, held, strict=True) if not out],
            targets[~held],
            weights[~held],
            (ACTOR, TARGET),
            multiple=family.multiple,
            epochs=epochs or min(max(round(_EXAMPLES / max(1, int((~held).sum()))), _EPOCHS[0]), _EPOCHS[1]),
            seed=seed,
            progress=progress,
            held=[text for text, out in zip(texts, held, strict=True) if out],
            judge=lambda scores: _fitted(scores, targets[held], weights[held], family.multiple)[1],
        )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _train_deep.export(net, folder)
        fast.save(folder / "fast.npz")
        temperature, last = _MILD, _MILD
        if held.any():
            scores, _ = _Network(folder).run([text for text, out in zip(texts, held, strict=True) if out])
            temperature = _temperature(scores, targets[held], weights[held], family.multiple)
            out = {text for text, away in zip(texts, held, strict=True) if away}
            units = {marked(_unit(e)): _unit(e) for e in examples}
            asked = [n for n in np.flatnonzero(held) if texts[n] in units]
            part = FastCoder.learn(family, [e for e in examples if marked(_unit(e)) not in out], embed=once)
            mixed = _mixed(
                _shares(scores, temperature, family.multiple)[np.isin(np.flatnonzero(held), asked)],
                part.table([units[texts[n]] for n in asked]),
            )
            last = _temperature(_logits(mixed, family.multiple), targets[asked], weights[asked], family.multiple)
        about: dict[str, Any] = {
            "format": _FORMAT,
            "name": name,
            "family": family.model_dump(mode="json"),
            "temperature": temperature,
            "last_temperature": last,
            "examples": [[e.text, e.code] for e in examples],
        }
        memory = _Network(folder).run([marked(_unit(e)) for e in examples])[1]
        np.save(folder / "memory.npy", memory)
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        return cls(folder, embed=embed)

    def predict(self, units: Sequence[Unit]) -> list[Prediction]:
        if not units:
            return []
        scores, vectors = self._network.run([marked(unit) for unit in units])
        multiple = self.family.multiple
        mixed = _mixed(_shares(scores, self._temperature, multiple), self._fast.table(units))
        table = _shares(_logits(mixed, multiple), self._last, multiple)
        near = vectors @ self._memory.T if self._memory.size else np.zeros((len(units), 0), np.float32)
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


class _Network:
    """The saved network: marked texts in, scores and vectors out."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts are shared out over the cores instead
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.no_padding()

    def run(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Scores (n, codes) and unit vectors (n, d) of n texts.

        Each text is run by itself, since 8-bit products take their scales from all that they are given: what is said of
        a text hangs neither on its neighbours nor on the number of cores. What stands twice is run once.
        """
        if not texts:
            return np.zeros((0, 0)), np.zeros((0, 0), np.float32)
        different = list(dict.fromkeys(texts))
        with ThreadPoolExecutor(cores()) as pool:
            found = dict(zip(different, pool.map(self._one, different), strict=True))
        vectors = np.array([found[text][1] for text in texts], dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.array([found[text][0] for text in texts], dtype=np.float64), vectors

    def _one(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        ids = np.array([self._tokens.encode(text).ids], dtype=np.int64)
        scores, vectors = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        return scores[0], vectors[0]


def _taught(family: Family, examples: Sequence[Example]) -> tuple[list[str], Array, Array]:
    """Marked texts, their codes (n, codes) and weights: the codebook's own texts first, then the examples."""
    shown = [*(e for e, _ in own_texts(family)), *examples]
    rows = [(marked(_unit(e)), family.names.index(e.code), e.weight) for e in shown]
    if family.multiple:
        texts = list(dict.fromkeys(text for text, _, _ in rows))
        at = {text: n for n, text in enumerate(texts)}
        where = [at[text] for text, _, _ in rows]
    else:
        texts, where = [text for text, _, _ in rows], list(range(len(rows)))
    targets, weights = np.zeros((len(texts), len(family.codes))), np.zeros(len(texts))
    for n, (_, code, weight) in zip(where, rows, strict=True):
        targets[n, code] = 1.0
        weights[n] = max(weights[n], weight)
    return texts, targets, weights


def _shares(scores: Array, temperature: float, multiple: bool) -> Array:
    """Probabilities (n, codes) of scores; of multiple codes each stands for itself."""
    return 1 / (1 + np.exp(-scores / temperature)) if multiple else _learner.softmax(scores / temperature)


def _logits(shares: Array, multiple: bool) -> Array:
    shares = np.clip(shares, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(shares) - np.log1p(-shares) if multiple else np.log(shares))


def _mixed(deep: Array, fast: Array) -> Array:
    return np.asarray((1 - _FAST) * deep + _FAST * fast)


def _temperature(scores: Array, targets: Array, weights: Array, multiple: bool) -> float:
    """The temperature under which `targets` are most likely; a yes or no for each of multiple codes."""
    return _fitted(scores, targets, weights, multiple)[0]


def _fitted(scores: Array, targets: Array, weights: Array, multiple: bool) -> tuple[float, float]:
    """That temperature, and how likely `targets` are under it."""
    if not multiple:
        return _learner.calibrate(scores, targets.argmax(axis=1), weights)
    pairs = np.column_stack([np.zeros(scores.size), scores.ravel()])
    return _learner.calibrate(pairs, targets.ravel().astype(np.intp), np.repeat(weights, scores.shape[1]))


def _unit(example: Example) -> Unit:
    return Unit(example.text, example.actor, example.target)


def marked(unit: Unit) -> str:
    """The text with marks around actor and target."""
    text, actor, target = (p.replace(ACTOR, " ").replace(TARGET, " ") for p in (unit.text, unit.actor, unit.target))
    clean = Unit(text, actor, target)
    out, last = "", 0
    for start, end, mark in spots_of(clean, ACTOR, TARGET):
        out += f"{clean.text[last:start]} {mark} {clean.text[start:end]} {mark} "
        last = end
    return " ".join((out + clean.text[last:]).split())


def model_hash(folder: str | Path) -> str:
    """12 hex digits of the network's file."""
    return hashlib.sha256((Path(folder) / "model.onnx").read_bytes()).hexdigest()[:12]
