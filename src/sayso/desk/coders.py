"""The coders of a desk: one a family of its codebook, learned from the definitions or from what people coded.

What `sayso code learn` has learned lies under DESK/coders/; a family without such a file is coded from its definitions
and examples alone. No coder is measured on what it learned from: the fast one codes it by twins that have not seen it; the
others leave the random share of people's codings to be measured on, and do not code what they were shown.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sayso.code import Codebook, Coder, DeepCoder, Example, Family, FastCoder, unit_of
from sayso.code.endpoint import Endpoint, EndpointCoder, shown
from sayso.code.fast import shipped_encoder, untrained
from sayso.code.queue import random_sample
from sayso.code.review import settled_codes
from sayso.errors import SaysoError, UsageError
from sayso.records import Statement
from sayso.store.ids import stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.desk.engines import Engines

_NETWORK, _LEARNED = "model.onnx", "learned.json"
_MEASURED = 20  # statements that say how far a model agrees with people


class Coders:
    """The coders of `desk`; made when first needed."""

    def __init__(self, desk: Desk, engines: Engines) -> None:
        self._desk = desk
        self._embed = engines.embed
        version, _, _ = engines.attributor.version.partition("@")  # a threshold is nothing to codes
        self._encoder = f"{version} {engines.attributor.model}"

    @property
    def codebook(self) -> Codebook:
        """The desk's codebook."""
        return self._desk.codebook

    @property
    def producer(self) -> str:
        """Changes with whatever a coding depends on: codebook, learned files, encoder."""
        kept = [
            (family.name, path)
            for family in self.codebook.families
            for path in (self.path(family), self.deep_path(family) / _NETWORK, self.shown_path(family))
        ]
        learned = [(name, _hash(path)) for name, path in kept if path.exists()]
        settings = self._desk.settings.code
        asked = (settings.endpoint, settings.model) if settings.endpoint else ()
        return "code " + stable_id(self.codebook.version, learned, self._encoder, asked)

    def each(self) -> list[Coder]:
        """All coders, in the order of the codebook."""
        return self._made

    @cached_property
    def _made(self) -> list[Coder]:
        return [self._make(family) for family in self.codebook.families if len(family.codes) > 1]

    def _make(self, family: Family) -> Coder:
        settings = self._desk.settings.code
        if self._asks(family):
            key = os.environ.get(settings.key_variable, "") if settings.key_variable else ""
            endpoint = Endpoint(settings.endpoint, settings.model, key, settings.per_minute)
            self._desk.folder.joinpath("coders").mkdir(exist_ok=True)
            examples = [e for e in self._shown(family) if family.find(e.code)]
            asked = EndpointCoder(family, endpoint, self._desk.folder / "coders" / "answers.sqlite", examples)
            asked.learned = self._learned(family)
            return asked
        deep = self.deep_path(family)
        if deep.exists():
            learned = DeepCoder.load(deep, embed=self._embed)
            if learned.family.version == family.version:
                learned.learned = self._learned(family)
                return learned
        path = self.path(family)
        if path.exists():
            coder = FastCoder.load(path, embed=self._embed)
            if coder.family.version == family.version:
                return coder  # learned under this very version of the family
        return self._untrained(family)

    def _asks(self, family: Family) -> bool:
        """Whether the desk's endpoint codes the family: where one is named, unless another coder was learned last."""
        if not self._desk.settings.code.endpoint or family.multiple:
            return False
        learned = self.path(family).exists() or self.deep_path(family).exists()
        return self.shown_path(family).exists() or not learned

    def _shown(self, family: Family) -> list[Example]:
        path = self.shown_path(family)
        try:
            return [Example(**each) for each in self._kept(path)["examples"]] if path.exists() else []
        except (ValueError, TypeError, KeyError) as error:
            raise SaysoError(f"{path}: damaged; `sayso code learn --coder endpoint` makes it anew") from error

    def _learned(self, family: Family) -> frozenset[str]:
        """The statements that the family's deep coder or endpoint was shown, as far as people's codings of them stand."""
        deep, asked = self.deep_path(family) / _LEARNED, self.shown_path(family)
        with suppress(OSError, ValueError, TypeError, KeyError):
            ids = set(
                json.loads(deep.read_text(encoding="utf-8")) if deep.exists() else self._kept(asked)["statements"]
            )
            human = self._desk.store.codings.human() if ids else ()
            return frozenset(c.statement for c in human if c.family == family.name and c.statement in ids)
        return frozenset()

    def _kept(self, path: Path) -> dict[str, Any]:
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def _untrained(self, family: Family) -> FastCoder:
        """From the codebook alone. It is kept, because learning takes seconds."""
        path = self.path(family).with_suffix(".untrained.npz")
        if path.exists():
            with suppress(SaysoError):  # a damaged file is made anew
                coder = FastCoder.load(path, embed=self._embed)
                if coder.family == family and coder.made_with == self._encoder:
                    return coder
        coder = untrained(family, embed=self._embed)
        if not coder.made_with:
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            with suppress(OSError):  # a desk that may only be read is coded all the same
                path.parent.mkdir(exist_ok=True)
                coder.save(part, made_with=self._encoder)
                part.replace(path)
                coder = FastCoder.load(path, embed=self._embed)  # as the next run will find it
        return coder

    def embedded(self, statements: Sequence[Statement]) -> tuple[list[Statement], dict[str, tuple[float, ...]]]:
        """The statements, all with their embeddings, and the embeddings that are new, by what the store keeps them for."""
        new = [each for each in statements if not each.embedding and unit_of(each).text.strip()]
        if not new:
            return list(statements), {}
        rows = (self._embed or shipped_encoder())([unit_of(each).text for each in new])
        kept = np.asarray(rows).astype(np.float16).astype(np.float32)  # as the store will give them back
        made = {each.id: tuple(row.tolist()) for each, row in zip(new, kept, strict=True)}
        owners = {(e.attribution.id if e.attribution else e.id): made[e.id] for e in new}
        return [replace(each, embedding=made.get(each.id, each.embedding)) for each in statements], owners

    def learn(self, family: Family) -> int:
        """Learn a family from what people coded, and keep the result; gives the number of coded statements."""
        coded = self._coded(family)
        examples = [example for own in coded.values() for example in own]
        coder = FastCoder.learn(family, examples, embed=self._embed, twins=True)
        path = self.path(family)
        path.parent.mkdir(exist_ok=True)
        part = path.with_name(path.name + ".part")
        coder.save(part)
        part.replace(path)  # at once: a killed `learn` leaves the older coder
        shutil.rmtree(self.deep_path(family), ignore_errors=True)
        self.shown_path(family).unlink(missing_ok=True)
        self.__dict__.pop("_made", None)
        return len(coded)

    def learn_deep(self, family: Family, progress: Callable[[int, int], None]) -> int:
        """As `learn`, with the deep coder (minutes; needs the extra `train`). It goes before a fast one."""
        coded = self._without_sample(self._coded(family))
        path = self.deep_path(family)
        part = path.with_name(path.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        examples = [example for own in coded.values() for example in own]
        DeepCoder.learn(family, examples, part, embed=self._embed, progress=progress)
        (part / _LEARNED).write_text(json.dumps(sorted(coded)), encoding="utf-8")
        shutil.rmtree(path, ignore_errors=True)
        part.replace(path)
        self.shown_path(family).unlink(missing_ok=True)
        self.__dict__.pop("_made", None)
        return len(coded)

    def learn_endpoint(self, family: Family) -> int:
        """Let the desk's endpoint code the family from now on, with statements that people coded in its prompt."""
        if not self._desk.settings.code.endpoint:
            raise UsageError("the desk names no endpoint: [code] endpoint in sayso.toml does")
        if family.multiple:
            raise UsageError(f"family {family.name!r} allows several codes a statement; an endpoint codes one")
        coded = shown(family, self._without_sample(self._coded(family, least=0)))
        path = self.shown_path(family)
        path.parent.mkdir(exist_ok=True)
        part = path.with_name(path.name + ".part")
        kept = {
            "examples": [asdict(example) for own in coded.values() for example in own],
            "statements": sorted(coded),
        }
        part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
        self.__dict__.pop("_made", None)
        return len(coded)

    def path(self, family: Family) -> Path:
        """Where a learned coder lies."""
        return self._desk.folder / "coders" / f"{stable_id(family.name)}.npz"

    def shown_path(self, family: Family) -> Path:
        """Where it is kept that the endpoint codes the family, and from which examples."""
        return self.path(family).with_suffix(".endpoint.json")

    def deep_path(self, family: Family) -> Path:
        """The folder of a deep coder."""
        return self.path(family).with_suffix(".deep")

    def _coded(self, family: Family, least: int = 1) -> dict[str, list[Example]]:
        """What people settled on, by statement: one example a code. Raises `UsageError` for fewer than `least`."""
        store = self._desk.store
        settled = settled_codes([c for c in store.codings.human() if family.find(c.code)], family)
        out: dict[str, list[Example]] = {}
        for document_id in store.statements.documents_of(settled):
            document = store.documents.get(document_id)
            for statement in store.statements.linked(document_id, document).statements:
                unit = unit_of(statement)
                own = [
                    Example(unit.text, code, unit.actor, unit.target) for code in sorted(settled.get(statement.id, ()))
                ]
                if own and unit.text.strip():
                    out[statement.id] = own
        if len(out) < least:
            raise UsageError(f"nobody has coded a statement of family {family.name!r} yet: `sayso code review` does")
        return out

    def _without_sample(self, coded: dict[str, list[Example]]) -> dict[str, list[Example]]:
        """All but the random share of what people coded, where that is large enough to measure a coder on."""
        desk = self._desk
        sample = set(random_sample(desk.store.statements.ids(desk.query()), set(coded)))
        kept = {statement: own for statement, own in coded.items() if statement not in sample}
        return kept if len(sample) >= _MEASURED and len(kept) >= len(sample) else coded


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
