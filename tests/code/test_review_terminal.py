"""`sayso code review` as a person at a terminal has it: a real one (pty), keys without Enter, Ctrl-C."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

import pytest
from test_code_cli import made  # noqa: F401

from sayso.desk import Desk


def _at_its_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it, and so would its children


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, folder, *arguments):
        self.keyboard, self.screen = pty.openpty()
        self.before = termios.tcgetattr(self.screen)
        self.program = subprocess.Popen(
            [sys.executable, "-c", "from sayso.cli import main; main()", *arguments],
            cwd=folder,
            stdin=self.screen,
            stdout=self.screen,
            stderr=self.screen,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
            start_new_session=True,
            preexec_fn=_at_its_terminal,
        )
        self.seen = ""

    def until(self, words, seconds=40):
        """What has come since the last call, up to these words."""
        deadline = time.monotonic() + seconds
        while words not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, f"{words!r} did not come: {self.seen!r}"
            if select.select([self.keyboard], [], [], left)[0]:
                try:
                    data = os.read(self.keyboard, 65536)
                except OSError:  # the program has ended
                    data = b""
                assert data or words in self.seen, f"{words!r} did not come: {self.seen!r}"
                self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode())
        said, _, self.seen = self.seen.partition(words)
        return said

    def press(self, keys):
        """Type, once the program listens to single keys (or, for a line that ends in Enter, to lines)."""
        deadline = time.monotonic() + 40
        while bool(termios.tcgetattr(self.screen)[3] & termios.ICANON) != keys.endswith("\r"):
            assert time.monotonic() < deadline
        os.write(self.keyboard, keys.encode())

    def ends(self):
        status = self.program.wait(timeout=60)
        assert termios.tcgetattr(self.screen) == self.before  # the terminal is left as it was
        return status


@pytest.fixture
def terminal(made, tmp_path):  # noqa: F811
    import shutil

    folder = shutil.copytree(made, tmp_path / "desk")
    opened = []

    def start(*arguments, codebook=""):
        if codebook:
            (folder / "codebook.yaml").write_text(codebook)
        opened.append(Terminal(folder, *arguments))
        return folder, opened[-1]

    yield start
    for each in opened:
        each.program.kill()
        each.program.wait()
        os.close(each.keyboard)
        os.close(each.screen)


def codings(folder):
    with Desk.open(folder) as desk:
        return [(c.code, c.memo) for c in desk.store.codings.human()]


def test_one_key_a_code_undo_skip_memo_and_codebook(terminal):
    folder, screen = terminal("code", "review", "--coder", "ann")
    first = screen.until("! end")
    assert "0 coded · 3 left" in first and "t=threaten" in first and "model" not in first
    screen.press("t")
    assert "1 coded · 2 left" in screen.until("! end")
    screen.press("-")
    assert "0 coded · 3 left" in screen.until("! end")
    screen.press("=")
    screen.until("inform: Says what is.")
    screen.press("\x1b[A?")  # an arrow and a key that means nothing
    screen.press("+")
    screen.until("memo: ")
    screen.press("not sure, ask Bo\r")
    screen.press("p")
    assert "1 coded · 2 left" in screen.until("! end")
    screen.press(" ")
    screen.until("1 coded · 1 left")
    screen.press("!")
    screen.until("1 coded, ")
    assert screen.ends() == 0 and codings(folder) == [("promise", "not sure, ask Bo")]


def test_arrows_and_function_keys_are_no_codes(terminal):
    codes = "\n".join(f"  - name: '{n}'" for n in range(10))
    folder, screen = terminal(
        "code", "review", "--coder", "ann", codebook=f"families:\n- name: grade\n  codes:\n{codes}\n"
    )
    screen.until("! end")
    screen.press("\x1b[5~\x1b[15~\x1bOP\x1b[A7")  # page up, F5, F1, an arrow; then a code
    assert "1 coded · 2 left" in screen.until("! end")
    screen.press("!")
    assert screen.ends() == 0 and codings(folder) == [("7", "")]


def test_ctrl_c_keeps_what_was_coded(terminal):
    folder, screen = terminal("code", "review", "--coder", "ann")
    screen.until("! end")
    screen.press("t")
    screen.until("! end")
    screen.press("\x03")
    status = screen.ends()
    assert status in (0, 130) and "Traceback" not in screen.seen
    assert codings(folder) == [("threaten", "")]
