"""The desk: a folder with settings, archive and store, and the verbs to work on it. Here the stages meet."""

from sayso.desk.desk import Added, Desk
from sayso.desk.engines import Engines
from sayso.desk.progress import Progress

__all__ = ["Added", "Desk", "Engines", "Progress"]
