"""The stage `code`: statements in, codings by a codebook out, from people and from models."""

from sayso.code.classify import classify
from sayso.code.codebook import Code, Codebook, Family, default_yaml
from sayso.code.coder import Coder, Prediction
from sayso.code.deep import DeepCoder
from sayso.code.fast import FastCoder
from sayso.code.unit import Example, Unit, unit_of

__all__ = [
    "Code",
    "Codebook",
    "Coder",
    "DeepCoder",
    "Example",
    "Family",
    "FastCoder",
    "Prediction",
    "Unit",
    "classify",
    "default_yaml",
    "unit_of",
]
