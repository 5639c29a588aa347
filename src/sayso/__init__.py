"""Say-so: who said what, on whose say-so, and when their line changed.

import sayso

sayso.extract("The minister said the bridge would close.")     # one text, as a dict
for found in sayso.extract_many(texts, workers=2): ...          # many
with sayso.Desk.open(folder) as desk: ...                       # a monitoring project
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sayso.code import Codebook, classify
    from sayso.desk import Desk
    from sayso.errors import SaysoError
    from sayso.link import ActorIndex
    from sayso.pipeline import extract, extract_many, process
    from sayso.read import read
    from sayso.track import segment

# onnxruntime reports its use to its maker, unless it is told not to before it is loaded. A desk works offline.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"

# Loaded when first asked for: `import sayso` itself costs nothing.
_HOMES = {
    "ActorIndex": "sayso.link",
    "Codebook": "sayso.code",
    "Desk": "sayso.desk",
    "SaysoError": "sayso.errors",
    "classify": "sayso.code",
    "extract": "sayso.pipeline",
    "extract_many": "sayso.pipeline",
    "process": "sayso.pipeline",
    "read": "sayso.read",
    "segment": "sayso.track",
}

__all__ = [
    "ActorIndex", "Codebook", "Desk", "SaysoError", "classify", "extract", "extract_many", "process", "read", "segment",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sayso' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
