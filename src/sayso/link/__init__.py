"""Stage link: from attributions to statements, and what joins documents."""

from sayso.link.actors import ActorIndex, Match
from sayso.link.copies import Carrier, Dispatch, Piece, find_copies, signature
from sayso.link.document import LINKER, link

__all__ = ["LINKER", "ActorIndex", "Carrier", "Dispatch", "Match", "Piece", "find_copies", "link", "signature"]
