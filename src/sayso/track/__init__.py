"""Track: from an actor's coded statements in time to periods and the shifts between them."""

from sayso.track.chart import chart, svg
from sayso.track.line import Gap, Line, Power
from sayso.track.segment import segment
from sayso.track.table import segment_arrays

__all__ = ["Gap", "Line", "Power", "chart", "segment", "segment_arrays", "svg"]
