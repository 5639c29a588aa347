"""Bulk runs on a Ray cluster of two nodes on this machine: deaths cost time and no rows."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bulk_sample import KIT, page, rows, tables, warc

from sayso.bulk import bulk
from sayso.bulk.copies import find_copies

ray = pytest.importorskip("ray")
PAGES = 48
DEADLY = 21


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[Any]]:
    """A cluster of a head and one more node, which a test may kill; nothing of it is left afterwards."""
    from ray.cluster_utils import Cluster

    shape = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)  # workers import `bulk_sample`, too
        patch.setenv("RAY_worker_niceness", str(os.nice(0)))
        cluster = Cluster(initialize_head=True, head_node_args={**shape, "include_dashboard": False})
        try:
            node = cluster.add_node(**shape)
            ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
            yield [cluster, node]
        finally:
            ray.shutdown()
            cluster.shutdown()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page kills its worker; another is faulty."""
    told = {DEADLY: "Deadly page.", 7: "Faulty page."}
    pages = [page(n, told.get(n, "Slow page.")) for n in range(PAGES)]
    return warc(tmp_path_factory.mktemp("warc") / "w.warc.gz", pages)


def test_a_killed_node_and_killed_workers_change_no_row(
    nodes: list[Any], archive: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cluster, node = nodes
    out = tmp_path / "out"
    seen: list[str] = []
    events: list[str] = []

    def disturb(size: int, entry: dict[str, Any]) -> None:
        seen.append(entry["partition"])
        if len(seen) == 2 and not events:
            cluster.remove_node(node, allow_graceful=False)
            events.append("node")
        elif len(seen) >= 5 and len(events) == 1:
            (busy, *_) = workers()
            os.kill(busy, signal.SIGKILL)
            events.append("worker")

    made = bulk([str(archive)], str(out), address="auto", workers=2, pages=4, kit=KIT, advance=disturb)
    assert events == ["node", "worker"]
    assert sorted(seen) == [f"00000-{n:06}" for n in range(PAGES // 4)]
    assert made.counts["documents"] == PAGES - 2
    (faulty, deadly) = rows(out, "failures")
    assert faulty["stage"] == "attribute"
    assert (deadly["path"], deadly["reason"]) == (
        f"https://paper.example/{DEADLY}.html",
        "killed the worker twice: left out",
    )
    # The same archive in one process, without the page that would kill it: row for row the same but for that page.
    calm = warc(
        tmp_path_factory.mktemp("calm") / "w.warc.gz",
        [page(n, "Faulty page." if n == 7 else "Slow page.") for n in range(PAGES)],
    )
    bulk([str(calm)], str(tmp_path / "one"), pages=4, kit=KIT)
    spoiled = f"00000-{DEADLY // 4:06}.parquet"
    one, many = tables(tmp_path / "one"), tables(out)
    assert one.keys() == many.keys()
    # The container's name differs, and stands in `documents`.
    same = [name for name in one if spoiled not in name and not name.startswith("documents/")]
    assert [name for name in same if one[name] != many[name]] == []
    without = [
        _here(row) for row in rows(tmp_path / "one", "documents") if not str(row["path"]).endswith(f"/{DEADLY}.html")
    ]
    assert [_here(row) for row in rows(out, "documents")] == without


def workers() -> list[int]:
    """The processes that hold a worker of the run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(b"ray::_Hand"):
                found.append(int(path.parent.name))
        except OSError:  # it has just ended
            continue
    return found


def _here(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "container"}


def test_copies_by_a_shuffle_are_those_of_one_process(nodes: list[Any], tmp_path: Path) -> None:
    from sayso.bulk import Output

    wire = [page(n) for n in range(0, 30, 5)]
    carried = [
        body.replace(b"</article>", b"<p>And this paper adds a line of its own here.</p></article>") for body in wire
    ]
    file = warc(tmp_path / "w.warc.gz", [*wire, *carried, *carried[:3], page(101), page(102)])
    out = tmp_path / "out"
    bulk([str(file)], str(out), pages=4, kit=KIT)
    alone = find_copies(Output(str(out)))
    assert len(alone) == 9
    assert rows(out, "copies") == alone
    assert find_copies(Output(str(out)), ray) == alone
