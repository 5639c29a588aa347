"""What a desk lends to a bulk run: actors, outlets, reference texts and trained coders, as bytes for any machine.

In: the desk's records and coders. Out: a `Kit`, and in each worker the index of actors and the coders made from it.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.errors import UsageError
from sayso.records import Actor, Analysis, Document, Outlet

if TYPE_CHECKING:
    from sayso.code import Coder
    from sayso.link import ActorIndex, References


@dataclass(frozen=True)
class Kit:
    """`coders` are (kind, bytes of its files); `actors_version` is the desk's, for what is loaded into it again.

    `threshold` is the desk's least confidence of an attribution, 0 the default one; `attribute` replaces the shipped encoder.
    """

    actors: tuple[Actor, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    coders: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    references: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # the desk's reference texts: name, text
    actors_version: str = ""
    coders_version: str = ""
    coded: bool = False  # a desk's codes go into the attributions
    threshold: float = 0
    attribute: Callable[[Document], Analysis] | None = None

    @classmethod
    def of(
        cls,
        actors: Iterable[Actor],
        outlets: Iterable[Outlet],
        coders: Sequence[Coder],
        *,
        references: Mapping[str, str] | None = None,
        actors_version: str = "",
        coders_version: str = "",
        threshold: float = 0,
    ) -> Kit:
        """The kit of a desk. Raises `UsageError` for a coder that works elsewhere."""
        packed = tuple(_packed(coder) for coder in coders)
        texts = tuple(sorted((references or {}).items()))
        return cls(tuple(actors), tuple(outlets), packed, texts, actors_version, coders_version, True, threshold)

    @property
    def version(self) -> str:
        """Changes with all that it holds."""
        digest = hashlib.sha256(
            repr((self.actors, self.outlets, self.coders_version, self.coded, self.threshold)).encode()
        )
        for name, text in self.references:
            digest.update(f"{name}\0{text}\0".encode("utf-8", "surrogateescape"))
        for kind, data in self.coders:
            digest.update(kind.encode())
            digest.update(_content(data))
        return digest.hexdigest()[:24]

    def index(self) -> ActorIndex | None:
        """The actors and outlets by name; None for a run without a desk."""
        from sayso.link import ActorIndex

        return ActorIndex(self.actors, self.outlets) if self.coded else None

    def reference_texts(self) -> References | None:
        """The desk's reference texts, in which quotations are looked up; None where it has none."""
        from sayso.link import References

        return References(dict(self.references)) if self.references else None

    def unpacked(self) -> list[Coder]:
        """The coders, ready for work."""
        return [_unpacked(kind, data) for kind, data in self.coders]


def _packed(coder: Coder) -> tuple[str, bytes]:
    from sayso.code import DeepCoder, FastCoder

    if isinstance(coder, DeepCoder):
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as files:
            for path in sorted(coder.folder.iterdir()):
                files.write(path, path.name)
        return "deep", bundle.getvalue()
    if isinstance(coder, FastCoder):
        with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
            path = Path(folder, "coder.npz")
            coder.save(path)
            return "fast", path.read_bytes()
    raise UsageError(
        f"the codes of family {coder.family.name!r} are asked of an endpoint, one statement at a time: no bulk run "
        "does that; take the endpoint out of sayso.toml, or run without --desk"
    )


def _unpacked(kind: str, data: bytes) -> Coder:
    from sayso.code import DeepCoder, FastCoder

    with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
        if kind == "deep":
            with zipfile.ZipFile(io.BytesIO(data)) as files:
                files.extractall(folder)
            return DeepCoder.load(folder)
        path = Path(folder, "coder.npz")
        path.write_bytes(data)
        return FastCoder.load(path)


def _content(data: bytes) -> bytes:
    """The files in a zip without their times: the same coder, the same bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return b"".join(name.encode() + files.read(name) for name in sorted(files.namelist()))
