"""The deep coder: a copy of the encoder fine-tuned for one family (minutes), saved as ONNX, applied without torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.code import _learner
from sayso.code._features import spots_of
from sayso.code.codebook import Family
from sayso.code.coder import Coder, Prediction
from sayso.code.fast import own_texts
from sayso.code.unit import Example, Unit
from sayso.errors import SaysoError, UsageError

ACTOR, TARGET = "§", "¶"  # single tokens of the encoder that texts hardly use
_EPOCHS, _BATCH = 6, 64
_HELD_OUT_FROM = 200  # examples from which a tenth is held out to calibrate on
_MILD = 0.8  # temperature where nothing could be held out: label smoothing makes the network too modest
_REASONS = 3


class DeepCoder(Coder):
    """Made by `DeepCoder.learn` (needs the extra `train`) or `DeepCoder.load` (needs nothing but the package)."""

    def __init__(self, folder: Path) -> None:
        """Read what `learn` wrote. Raises `SaysoError` where files are missing or damaged."""
        import onnxruntime
        from tokenizers import Tokenizer

        self.folder = folder
        try:
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
            self.name: str = about["name"]
            self.family = Family.model_validate(about["family"])
            self._temperature = float(about["temperature"])
            self._examples = [Example(text, code) for text, code in about["examples"]]
            self._memory = np.load(folder / "memory.npy", allow_pickle=False)
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # onnxruntime and tokenizers raise bare Exceptions
            raise SaysoError(f"{folder}: not a deep coder saved by sayso: {error}") from error
        self._codes = np.array([self.family.names.index(e.code) for e in self._examples], dtype=np.intp)

    @classmethod
    def load(cls, folder: str | Path) -> DeepCoder:
        return cls(Path(folder))

    @classmethod
    def learn(
        cls,
        family: Family,
        examples: Sequence[Example],
        folder: str | Path,
        *,
        epochs: int = _EPOCHS,
        seed: int = 0,
        name: str = "deep",
        progress: Callable[[int, int], None] | None = None,
    ) -> DeepCoder:
        """Fine-tune on the family's own texts and `examples`, and save the result in `folder`.

        Raises `UsageError` without the extra `train`, for a family of multiple codes and for unknown codes.
        """
        try:
            from sayso.code import _train_deep
        except ImportError as error:
            raise UsageError(
                f"the deep coder needs the extra 'train' to learn ({error.name} is missing): "
                "pip install 'sayso[train]', or use the fast coder"
            ) from error
        if family.multiple:
            raise UsageError(f"family {family.name!r} allows several codes a statement; the deep coder learns one")
        unknown = sorted({e.code for e in examples} - set(family.names))
        if unknown:
            raise UsageError(
                f"examples carry codes that family {family.name!r} does not have: {', '.join(unknown[:5])}"
            )
        shown = [*(e for e, _ in own_texts(family)), *examples]
        texts = [marked(Unit(e.text, e.actor, e.target)) for e in shown]
        labels = np.array([family.names.index(e.code) for e in shown], dtype=np.intp)
        weights = np.array([e.weight for e in shown])
        part = _learner.split(labels, 10, seed)
        held = (part == 0) if len(examples) >= _HELD_OUT_FROM else np.zeros(len(shown), dtype=bool)
        keep = np.flatnonzero(~held)
        net = _train_deep.train(
            [texts[i] for i in keep],
            labels[keep].tolist(),
            weights[keep].tolist(),
            len(family.codes),
            (ACTOR, TARGET),
            epochs=epochs,
            seed=seed,
            progress=progress,
        )
        temperature = _MILD
        if held.any():
            out = _train_deep.scores(net, [texts[i] for i in np.flatnonzero(held)])
            temperature, _ = _learner.calibrate(out, labels[held], weights[held])
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        _train_deep.export(net, folder)
        about: dict[str, Any] = {
            "name": name,
            "family": family.model_dump(mode="json"),
            "temperature": temperature,
            "examples": [[e.text, e.code] for e in examples],
        }
        np.save(folder / "memory.npy", np.zeros((0, 0), np.float32))
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        coder = cls(folder)
        if examples:
            coder._memory = coder._run([marked(Unit(e.text, e.actor, e.target)) for e in examples])[1]
            np.save(folder / "memory.npy", coder._memory)
        return coder

    def predict(self, units: Sequence[Unit]) -> list[Prediction]:
        if not units:
            return []
        scores, vectors = self._run([marked(unit) for unit in units])
        table = _learner.softmax(scores / self._temperature)
        near = vectors @ self._memory.T if self._memory.size else np.zeros((len(units), 0), np.float32)
        out = []
        for row, similar in zip(table, near, strict=True):
            best = int(row.argmax())
            p = float(row[best])
            own = np.flatnonzero(self._codes == best)
            reasons = own[np.argsort(-similar[own], kind="stable")][:_REASONS] if similar.size else own[:0]
            out.append(
                Prediction(
                    code=self.family.names[best],
                    probability=p,
                    unsure=p < self.family.unsure_below,
                    probabilities=dict(zip(self.family.names, map(float, row), strict=True)),
                    reasons=tuple(self._examples[i].text for i in reasons),
                )
            )
        return out

    def _run(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Scores (n, codes) and unit vectors (n, d); texts of like length run together."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        scores = np.zeros((len(texts), len(self.family.codes)))
        vectors = np.zeros((len(texts), 0), np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            rows = self._tokens.encode_batch([texts[i] for i in batch])
            ids = np.array([row.ids for row in rows], dtype=np.int64)
            mask = np.array([row.attention_mask for row in rows], dtype=np.int64)
            found, vector = self._session.run(None, {"ids": ids, "mask": mask})
            if not vectors.size:
                vectors = np.zeros((len(texts), vector.shape[1]), np.float32)
            scores[batch] = found
            vectors[batch] = vector / np.linalg.norm(vector, axis=1, keepdims=True)
        return scores, vectors


def marked(unit: Unit) -> str:
    """The text with marks around actor and target."""
    clean = Unit(*(part.replace(ACTOR, " ").replace(TARGET, " ") for part in (unit.text, unit.actor, unit.target)))
    out, last = "", 0
    for start, end, mark in spots_of(clean, ACTOR, TARGET):
        out += f"{clean.text[last:start]} {mark} {clean.text[start:end]} {mark} "
        last = end
    return " ".join((out + clean.text[last:]).split())


def model_hash(folder: str | Path) -> str:
    """12 hex digits of the network's file."""
    return hashlib.sha256((Path(folder) / "model.onnx").read_bytes()).hexdigest()[:12]
