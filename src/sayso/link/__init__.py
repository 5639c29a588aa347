"""Stage link: from attributions to statements, and what joins documents."""

from sayso.link.actors import ActorIndex, Match
from sayso.link.document import LINKER, link

__all__ = ["LINKER", "ActorIndex", "Match", "link"]
