"""Worn texts: what attribution loses where a text comes from a scan, or from a copy that ran its paragraphs together.

    python bench/worn.py [FOLDER] [--keep OUT] [--dots N] [--noise N]

FOLDER (default ../shared/data/polnear/dev) holds text/ and attributions/ in brat standoff. Three versions of it are measured
with the figures of `sayso bench attribution`:

- as it is;
- joined: every line break is a space (no offset moves);
- scanned: each text is printed, its pages are made into grey pictures of N dots an inch with noise, and these are read as any
  scan is (`sayso.read`, by tesseract). The gold moves along the cheapest edits from the text to what was read (Levenshtein
  1966); the share of code points that were misread is printed. Texts that the engine could not read are left out, and said.

`--keep` writes the versions to OUT/joined and OUT/scanned, in the same form as FOLDER.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pypdfium2
from PIL import Image
from rapidfuzz.distance import Levenshtein
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate
from rich.console import Console
from rich.progress import track
from rich.table import Table

from sayso.attribute import attribute
from sayso.attribute.evaluate import evaluate, read_gold
from sayso.errors import Unreadable
from sayso.read import read
from sayso.read._ocr import engine

HERE = Path(__file__).resolve().parent
FONTS = ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf")
_SPANS = re.compile(r"^(T\d+\t\S+ )([\d ;]+)(\t.*)$", re.DOTALL)


def printed(text: str, dots: int, noise: float, rng: np.random.Generator) -> bytes:
    """A PDF of grey pictures: the text in print, as a scanner of `dots` an inch sees it with noise of this deviation."""
    pages = io.BytesIO()
    style = ParagraphStyle("text", fontName="Print", fontSize=10.5, leading=13, spaceAfter=7)
    flow = [Paragraph(escape(line), style) for line in text.split("\n") if line.strip()]
    SimpleDocTemplate(pages, pagesize=A4).build(flow)
    pictures = []
    for page in pypdfium2.PdfDocument(pages.getvalue()):
        grey = np.asarray(page.render(scale=dots / 72, grayscale=True).to_pil().convert("L"), dtype=np.float32)
        worn = grey * 0.85 + 20 + rng.normal(0, noise, grey.shape)
        pictures.append(Image.fromarray(np.clip(worn, 0, 255).astype(np.uint8)))
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=dots)
    return out.getvalue()


def places(old: str, new: str) -> tuple[list[int], float]:
    """Where each offset of the old text lies in the new one, and the share of code points that differ."""
    place = [0] * (len(old) + 1)
    wrong = 0
    for tag, a, b, x, y in Levenshtein.opcodes(old, new):
        for i in range(a, b):
            place[i] = x + min(i - a, y - x)
        if tag != "equal":
            wrong += max(b - a, y - x)
    place[len(old)] = len(new)
    return place, wrong / len(old)


def moved(notes: str, place: list[int]) -> str:
    """The annotations of a text whose offsets moved."""
    out = []
    for line in notes.split("\n"):
        m = _SPANS.match(line)
        if m:
            parts = [tuple(map(int, part.split())) for part in m[2].split(";")]
            line = m[1] + ";".join(f"{place[a]} {place[b]}" for a, b in parts) + m[3]
        out.append(line)
    return "\n".join(out)


def write(folder: Path, out: Path, name: str, text: str, place: list[int] | None) -> None:
    for part in ("text", "attributions"):
        (out / part).mkdir(parents=True, exist_ok=True)
    (out / "text" / f"{name}.txt").write_bytes(text.encode())
    for path in (folder / "attributions").glob(f"{name}_*.ann"):
        notes = path.read_bytes().decode()
        (out / "attributions" / path.name).write_bytes((moved(notes, place) if place else notes).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=HERE.parent.parent / "shared" / "data" / "polnear" / "dev"
    )
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--dots", type=int, default=75)
    parser.add_argument("--noise", type=float, default=10.0)
    options = parser.parse_args()
    if engine() is None:
        sys.exit("tesseract is not installed (Debian: apt install tesseract-ocr)")
    fonts = [path for name in FONTS for path in Path("/usr/share/fonts").rglob(name)]
    if not fonts:
        sys.exit(f"none of the fonts {', '.join(FONTS)} is installed (Debian: apt install fonts-liberation)")
    pdfmetrics.registerFont(TTFont("Print", fonts[0]))
    with tempfile.TemporaryDirectory() as scratch:
        out = options.keep or Path(scratch)
        texts = read_gold(options.folder)
        rng, wrong, unread = np.random.default_rng(7), [], []
        for t in track(texts, "printing and reading"):
            write(options.folder, out / "joined", t.name, re.sub(r"[\r\n]", " ", t.text), None)
            try:
                text = read(printed(t.text, options.dots, options.noise, rng), "scan.pdf").text
            except Unreadable:
                unread.append(t.name)
                continue
            place, share = places(t.text, text)
            wrong.append(share)
            write(options.folder, out / "scanned", t.name, text, place)
        table = Table("version", "content tokens", "content partial", "e2e", "direct e2e")
        for name, folder in (("as it is", options.folder), ("joined", out / "joined"), ("scanned", out / "scanned")):
            rates = evaluate(read_gold(folder), attribute).rates
            row = (rates[k].f1 for k in ("content tokens", "content partial", "e2e", "direct e2e"))
            table.add_row(name, *(f"{x:.3f}" for x in row))
    console = Console()
    console.print(table)
    console.print(f"misread: {np.mean(wrong):.2%} of the code points, median of texts {np.median(wrong):.2%}")
    if unread:
        console.print(f"not read: {len(unread)} ({', '.join(unread)})")


if __name__ == "__main__":
    main()
