"""The two special functions that the method needs, typed."""

from __future__ import annotations

import numpy as np
import scipy.special  # type: ignore[import-untyped]
from numpy.typing import ArrayLike, NDArray


def gammaln(x: ArrayLike) -> NDArray[np.float64]:
    """Log of the gamma function, element by element."""
    return np.asarray(scipy.special.gammaln(x), dtype=np.float64)


def beta_quantile(a: ArrayLike, b: ArrayLike, q: float) -> NDArray[np.float64]:
    """The q-quantile of Beta(a, b), element by element."""
    return np.asarray(scipy.special.betaincinv(a, b, q), dtype=np.float64)
