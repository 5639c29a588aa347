"""Track: from an actor's coded statements in time to periods and the shifts between them."""

from sayso.track._segment import segment
from sayso.track.carriers import Carriers, carriers
from sayso.track.chart import chart, svg
from sayso.track.headline import Part, headline
from sayso.track.line import Gap, Line, Power
from sayso.track.members import members
from sayso.track.online import Alert, Cost, alert_cost, watch
from sayso.track.table import segment_arrays

__all__ = [
    "Alert",
    "Carriers",
    "Cost",
    "Gap",
    "Line",
    "Part",
    "Power",
    "alert_cost",
    "carriers",
    "chart",
    "headline",
    "members",
    "segment",
    "segment_arrays",
    "svg",
    "watch",
]
