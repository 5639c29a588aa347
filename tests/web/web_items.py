"""What the desk of these tests holds: settings, items, hostile guests among them."""

from __future__ import annotations

from pathlib import Path

SCRIPT = "<script>alert('x')</script>"
OVERRIDE = "\u202e"
SETTINGS = {
    "actors": f"""
actors:
  - {{id: union, name: Harbour Union, kind: group, aliases: ["the dockers", "{SCRIPT}"]}}
  - {{id: branch, name: East Branch, part_of: union}}
  - {{id: authority, name: Port Authority}}
""",
    "outlets": """
outlets:
  - {id: hook, name: The Hook, domains: [hook.example], actor: union, medium: magazine}
""",
    "topics": """
topics:
  - {id: leavers, name: Those who left, words: ["leave*", "left", "crossing"]}
""",
    "codebook": """
families:
  - name: tone
    codes:
      - {name: threaten, definition: Says that harm will follow., examples: [they will be expelled, we will punish them]}
      - {name: promise, definition: Says that good will follow., examples: [they can come back, all will be welcome]}
""",
}
WORDS = ["crane", "anchor", "barge", "ledger", "winter", "quay", "rope", "signal", "tide", "engine", "pilot", "stone"]


def write_items(folder: Path) -> None:
    """Eight reports of one year, a copy of one, a page full of markup, one in Arabic, one that cannot be read."""
    for n in range(8):
        mood = "they will be expelled for crossing the line" if n < 4 else "those who left can come back and be welcome"
        fillers = [" ".join(WORDS[(n * 7 + k * (n + 3) + j * j) % len(WORDS)] for j in range(14)) for k in range(4)]
        (folder / f"2024-{n + 1:02}-05-report.txt").write_text(
            "".join(f"{line.capitalize()} number {n}.\n\n" for line in fillers)
            + f"Harbour Union said that in week {n} {mood}.\n\nPort Authority announced that day {n} brought nothing new.\n",
            encoding="utf-8",
        )
    (folder / "2024-03-06-wire.txt").write_text((folder / "2024-03-05-report.txt").read_text() + "\nFrom a wire.\n")
    (folder / "2024-05-20-markup.html").write_text(
        "<!doctype html><html lang=en><head><title>&lt;script&gt;alert(1)&lt;/script&gt; \u202etitle</title></head><body>"
        "<article><h1>&lt;script&gt;alert(1)&lt;/script&gt; \u202etitle</h1>"
        "<p>East Branch warned that &lt;img src=x onerror=alert(2)&gt; those who left would be expelled tomorrow.</p>"
        "<p>The crane stood still on the quay for a whole week, and nobody in the harbour could say why it did.</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    (folder / f"2024-06-20-{OVERRIDE}نص.txt").write_text(
        "قال الناطق إن الذين غادروا يمكنهم العودة. وقال إن الباب مفتوح.\n" * 3
    )
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
