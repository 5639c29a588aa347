"""Read: the bytes of a capture become a `Document` (text, title, dates, author, language, marked boilerplate).

In comes what the archive holds, out goes what `attribute` reads. An item that cannot be read raises `Unreadable` with one
line that says why.
"""

from sayso.errors import Unreadable
from sayso.read._read import READER, read, read_string

__all__ = ["READER", "Unreadable", "read", "read_string"]
