"""Learns the fast coder of the default codebook, which ships with the package so that a new desk codes at once.

    python -m train.coder

To be run again when the default codebook, the embedder or the coder's features have changed; a test says when.
"""

from __future__ import annotations

from sayso.code import Codebook, FastCoder
from sayso.code.fast import SHIPPED, embedder_hash


def main() -> None:
    coder = FastCoder.learn(Codebook.default().families[0])
    coder.save(SHIPPED, made_with=embedder_hash())
    print(f"{SHIPPED}: {SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
