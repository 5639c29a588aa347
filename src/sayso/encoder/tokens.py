"""Word pieces of a text with what lower-casing loses: text in, `Tokens` out.

Each paragraph is tokenised by itself, so memory stays flat in the text's length and no decision reaches further than a
paragraph. Beside its id every token carries three small features that the encoder embeds: its case, whether it
stands inside quotation marks, and whether a paragraph begins with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from sayso.encoder.quotes import QuotedRuns, paragraphs, quoted_runs

MODEL_FOLDER = Path(__file__).with_name("weights")
CLS, SEP = 101, 102
CASES, QUOTES, BREAKS = 5, 4, 3  # sizes of the feature tables; value 0 is "nothing special"
_SLICE = 20_000  # code points; a longer paragraph is tokenised in slices cut at spaces

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """Arrays of one length n: `ids`, `start`, `end` (code points), `paragraph` (index), `features` (n, 3).

    `continues` is True for a piece that goes on with the word of the piece before it (##).
    """

    ids: IntArray
    start: IntArray
    end: IntArray
    paragraph: IntArray
    features: IntArray
    continues: npt.NDArray[np.bool_]

    def select(self, keep: npt.NDArray[np.bool_]) -> Tokens:
        """The tokens where `keep` is True. A paragraph begins with the first that is kept of it."""
        kept = Tokens(*(getattr(self, f)[keep] for f in ("ids", "start", "end", "paragraph", "features", "continues")))
        kept.features[1:, 2] |= kept.paragraph[1:] != kept.paragraph[:-1]
        kept.features[:1, 2] = 1
        return kept

    def __len__(self) -> int:
        return len(self.ids)


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """The word-piece tokenizer shipped with the encoder (no special tokens are added by `tokenize`)."""
    return Tokenizer.from_file(str(MODEL_FOLDER / "tokenizer.json"))


def _slices(text: str, start: int, end: int) -> list[tuple[int, int]]:
    out = []
    while end - start > _SLICE:
        cut = text.rfind(" ", start + _SLICE // 2, start + _SLICE)
        cut = cut if cut > 0 else start + _SLICE
        out.append((start, cut))
        start = cut
    return [*out, (start, end)]


def tokenize(text: str, runs: QuotedRuns | None = None) -> Tokens:
    """Tokens of `text` with offsets into it. Nothing of the text is changed; a text without words gives no tokens.

    `runs` are its quoted runs, where the caller has them already.
    """
    model = tokenizer()
    ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    para: list[int] = []
    breaks: list[int] = []
    where = paragraphs(text)
    pieces = [(i, a, b) for i, (s, e) in enumerate(where) for a, b in _slices(text, s, e)]
    encoded = model.encode_batch
    last = -1
    for at in range(0, len(pieces), 256):
        chunk = pieces[at : at + 256]
        for (i, a, _), enc in zip(
            chunk, encoded([text[a:b] for _, a, b in chunk], add_special_tokens=False), strict=True
        ):
            n = len(enc.ids)
            if not n:
                continue
            ids += enc.ids
            starts += [a + s for s, _ in enc.offsets]
            ends += [a + e for _, e in enc.offsets]
            para += [i] * n
            breaks += [1 if i != last else 0] + [0] * (n - 1)
            last = i
    n = len(ids)
    features = np.zeros((n, 3), dtype=np.int64)
    start = np.array(starts, dtype=np.int64)
    end = np.array(ends, dtype=np.int64)
    if n:
        features[:, 0] = [_case(text[s:e]) for s, e in zip(starts, ends, strict=True)]
        features[:, 1] = _quote_feature(quoted_runs(text) if runs is None else runs, start)
        features[:, 2] = breaks
    all_ids = np.array(ids, dtype=np.int64)
    return Tokens(all_ids, start, end, np.array(para, dtype=np.int64), features, _continues()[all_ids])


@lru_cache(maxsize=1)
def _continues() -> npt.NDArray[np.bool_]:
    """For each id of the vocabulary: it is a piece that continues a word."""
    vocabulary = tokenizer().get_vocab()
    out = np.zeros(max(vocabulary.values()) + 1, dtype=bool)
    out[[i for piece, i in vocabulary.items() if piece.startswith("##")]] = True
    return out


@lru_cache(maxsize=20_000)
def _case(piece: str) -> int:
    if not piece[:1].isalpha():
        return 4 if piece[:1].isdigit() else 0
    if piece.islower():
        return 0
    if piece.isupper() and len(piece) > 1:
        return 3
    return 1 if piece[:1].isupper() else 2


def _quote_feature(runs: QuotedRuns, start: IntArray) -> IntArray:
    """0 outside, 1 inside a quoted run, 2 a mark that opens or closes one, 3 inside a run within a run."""
    out = np.zeros(len(start), dtype=np.int64)
    for run in runs:
        a, b = np.searchsorted(start, [run.start, run.end])
        inner = out[a:b]
        out[a:b] = np.where(inner == 1, 3, np.where(inner == 2, 2, 1))
        width = len(run.mark)
        for s, e in ((run.start, run.start + width), (run.end - width, run.end) if run.closed else (0, 0)):
            i, j = np.searchsorted(start, [s, e])
            out[i:j] = 2
    return out
