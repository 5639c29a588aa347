"""What a user names becomes items: files, folders, addresses.

In: paths and URLs as they were given. Out: a `Fetched` for each item, a `Failure` for each that was refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sayso.collect._disk import files, read_file, shown
from sayso.collect._fetcher import Fetcher, Job
from sayso.collect.address import canonical
from sayso.collect.settings import CollectSettings
from sayso.records import Failure, Fetched

_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


def gather(inputs: Sequence[str], settings: CollectSettings | None = None) -> Iterator[Fetched | Failure]:
    """The items behind the inputs: files, folders (with all below them but hidden ones), http(s) addresses.

    What lies on disk comes first, then the pages as they come in. Nothing is raised for an input that fails.
    """
    settings = settings or CollectSettings()  # type: ignore[call-arg]
    addresses = [text for text in inputs if is_address(text)]
    for text in inputs:
        if not is_address(text):
            yield from _from_disk(Path(text), settings)
    if addresses:
        yield from _from_web(addresses, settings)


def is_address(text: str) -> bool:
    """Whether an input is a URL, not a path."""
    return bool(_URL.match(text))


def _from_disk(path: Path, settings: CollectSettings) -> Iterator[Fetched | Failure]:
    if path.is_dir():
        for found in files(path):
            yield found if isinstance(found, Failure) else read_file(found, settings.max_bytes)
    elif path.exists():
        yield read_file(path, settings.max_bytes)
    else:
        yield Failure(shown(path), "collect", "no such file or folder")


def _from_web(addresses: Sequence[str], settings: CollectSettings) -> Iterator[Fetched | Failure]:
    with Fetcher(settings) as fetcher:
        for address in dict.fromkeys(addresses):
            fetcher.submit(Job(canonical(address), what=address))
        for job, outcome in fetcher:
            named = str(job.what)
            if isinstance(outcome, Fetched):
                yield replace(outcome, path=named)
            else:
                yield Failure(named, "collect", outcome.reason)
