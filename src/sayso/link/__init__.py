"""Stage link: from attributions to statements, and what joins documents.

`link` works within one document; `find_copies`, `find_witnesses`, `propose_items`, `link_held` and `References` look across
documents, and their results do not depend on the order in which documents arrive.
"""

from sayso.link._align import Difference, connected
from sayso.link._repeats import repeats
from sayso.link.actors import ActorIndex, Match
from sayso.link.compare import Comparison, compare
from sayso.link.copies import Carrier, Dispatch, Piece, find_copies, signature
from sayso.link.document import LINKER, link
from sayso.link.held import HeldLink, HeldPiece, MentionedPiece, SameItem, link_held, propose_items
from sayso.link.quotations import Quotation, Witness, Witnesses, find_witnesses, quoted_words
from sayso.link.references import Place, References

__all__ = [
    "LINKER",
    "ActorIndex",
    "Carrier",
    "Comparison",
    "Difference",
    "Dispatch",
    "HeldLink",
    "HeldPiece",
    "Match",
    "MentionedPiece",
    "Piece",
    "Place",
    "Quotation",
    "References",
    "SameItem",
    "Witness",
    "Witnesses",
    "compare",
    "connected",
    "find_copies",
    "find_witnesses",
    "link",
    "link_held",
    "propose_items",
    "quoted_words",
    "repeats",
    "signature",
]
