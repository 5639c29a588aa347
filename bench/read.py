"""Reading real pages, next to trafilatura alone: dates, main text, pages a second.

    python bench/read.py [FOLDER] [--path]

FOLDER (default ../shared/data/fed-speeches) holds HTML pages whose file names carry their true date as eight digits. The
reader is given a name without them, unless `--path`: then the address may help, as the last resort. Three figures:

- dates: the share of pages whose published day is right, and the wrong ones by name; the same for trafilatura's own date;
- main text: word overlap of our text with trafilatura's on the same pages (recall: how much of its text is in ours;
  extra: how much of ours is not in its), and the pages where we keep less than 98% of it, with what is missing;
- speed: pages a second of processor time, of `read` and of trafilatura's extraction with metadata, best of three over all
  pages.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trafilatura

from sayso.read import read

HERE = Path(__file__).resolve().parent
CAPTURED = dt.date(2024, 1, 1)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def alone(data: bytes) -> tuple[str, str]:
    """trafilatura's own (date, text) of a page."""
    found = trafilatura.bare_extraction(data, with_metadata=True, include_comments=False)
    return (found.date or "", found.text or "") if found else ("", "")


def pages_per_second(work: Callable[[bytes], object], pages: list[bytes]) -> float:
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for data in pages:
            work(data)
        best = max(best, len(pages) / (time.process_time() - start))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE.parent.parent / "shared" / "data" / "fed-speeches")
    parser.add_argument("--path", action="store_true", help="give the reader the file's own name")
    options = parser.parse_args()
    files = sorted(options.folder.glob("*.htm*"))
    pages = [file.read_bytes() for file in files]
    wrong: list[str] = []
    wrong_alone: list[str] = []
    short: list[str] = []
    same = ours = theirs = 0
    for file, data in zip(files, pages, strict=True):
        digits = "".join(c for c in file.stem if c.isdigit())[:8]
        true = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        document = read(data, file.name if options.path else "page.htm", captured=CAPTURED)
        date, text = alone(data)
        found = document.published.value if document.published else "none"
        if found != true:
            wrong.append(f"{file.name}: {found}")
        if date != true:
            wrong_alone.append(f"{file.name}: {date or 'none'}")
        mine, other = words(document.text), words(text)
        shared = (mine & other).total()
        same, ours, theirs = same + shared, ours + mine.total(), theirs + other.total()
        if shared < 0.98 * other.total():
            missing = " ".join(word for word, _ in (other - mine).most_common(8))
            short.append(f"{file.name}: {shared / other.total():.3f} (missing: {missing})")
    count = len(files)
    print(f"{'':14}{'sayso.read':>12}{'trafilatura':>14}")
    print(f"{'dates right':14}{f'{count - len(wrong)}/{count}':>12}{f'{count - len(wrong_alone)}/{count}':>14}")
    print(f"{'words':14}{ours:>12,}{theirs:>14,}")
    print(f"{'its words':14}{same / max(theirs, 1):>12.4f}{1:>14.4f}   (recall)")
    print(f"{'extra words':14}{1 - same / max(ours, 1):>12.4f}{0:>14.4f}")
    speed = pages_per_second(lambda data: read(data, "page.htm", captured=CAPTURED), pages)
    print(f"{'pages/s':14}{speed:>12.1f}{pages_per_second(alone, pages):>14.1f}")
    for name, entries in (
        ("wrong dates", wrong),
        ("trafilatura's wrong dates", wrong_alone),
        ("text kept below 98%", short),
    ):
        print(f"\n{name}: {len(entries)}")
        for entry in entries:
            print(f"  {entry}")


if __name__ == "__main__":
    main()
