"""The shipped encoder: words in, hidden states and what its heads read off them out. It knows no stage."""

from sayso.encoder.model import Encoder, Reading
from sayso.encoder.quotes import CLOSING, OPENING, Quoted, QuotedRuns, paragraphs, quoted_runs
from sayso.encoder.tokens import Tokens, tokenize

__all__ = [
    "CLOSING", "OPENING", "Encoder", "Quoted", "QuotedRuns", "Reading", "Tokens", "paragraphs", "quoted_runs", "tokenize",
]  # fmt: skip
