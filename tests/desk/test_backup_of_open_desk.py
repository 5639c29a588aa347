"""A desk can be backed up by the very process that has it open, while others come and go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sayso.desk import Desk, keeping

VISIT = "import sys; from pathlib import Path; from sayso.desk import Desk\nwith Desk.open(Path(sys.argv[1])) as desk: "
LOOK = VISIT + "print(desk.store.fingerprint()['captures'])"


def visit(program: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], check=True, capture_output=True, text=True, timeout=120
    ).stdout


def test_what_is_written_after_a_backup_is_there_for_others(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    Desk.create(folder).close()
    (tmp_path / "empty.txt").touch()
    with Desk.open(folder) as desk:
        desk.add([str(tmp_path / "empty.txt")])
        keeping.backup(folder, tmp_path / "backup.zip")
        visit(LOOK, folder)  # the last to leave would take the journal along, were nobody else known to be there
        before = desk.store.fingerprint()
        (tmp_path / "more.txt").write_text("The union said that all is well.\n")
        desk.add([str(tmp_path / "more.txt")])
        assert desk.store.fingerprint() != before
        assert visit(LOOK, folder).strip() == desk.store.fingerprint()["captures"]
