"""What the JSON of each page holds, for the description of the API (`/openapi.json`). Tests hold answers to it.

Dates and moments are ISO 8601 strings; moments are UTC. A `None` says that it is not known or does not apply.
Fields that only the page's own form needs (what is wrong with it) may stand there too.
"""

from __future__ import annotations

from typing import Any

from sayso.web._shapes._briefs import DraftPage, IssuedBriefPage, IssuedPage
from sayso.web._shapes._coding import (
    AgreementPage,
    CardPage,
    CodebookPage,
    CodebookVersionPage,
    CodePage,
    CodingPage,
    DifferencesPage,
    RecordPage,
)
from sayso.web._shapes._common import Statement
from sayso.web._shapes._directory import (
    ActorForm,
    ActorPage,
    ActorsPage,
    ItemPage,
    ItemsPage,
    OutletForm,
    OutletPage,
    OutletsPage,
)
from sayso.web._shapes._lines import BesidePage, LinePage, LinesPage
from sayso.web._shapes._reading import (
    CapturePage,
    ChangesPage,
    ConfirmPage,
    CorrectPage,
    DocumentPage,
    DocumentsPage,
    FeedsPage,
    OverviewPage,
    PairsPage,
    SearchPage,
    TranscriptPage,
)
from sayso.web._shapes._topics import TopicForm, TopicPage, TopicsPage
from sayso.web._shapes._work import (
    AccountPage,
    Acted,
    AddPage,
    JobPage,
    JobsPage,
    LogPage,
    PeoplePage,
    SavedPage,
    Session,
    Token,
)

__all__ = ["SHAPES", "Acted", "LinePage", "Session", "Token"]

SHAPES: dict[str, Any] = {  # by the page's address
    "/": OverviewPage, "/search": SearchPage, "/documents": DocumentsPage, "/documents/{key}": DocumentPage,
    "/statements/{key}": Statement, "/captures/{sha256}": CapturePage, "/captures/{sha256}/transcript": TranscriptPage,
    "/statements/{key}/correct": CorrectPage, "/documents/{key}/attribute": CorrectPage, "/confirm": ConfirmPage,
    "/changes": ChangesPage, "/pairs": PairsPage, "/feeds": FeedsPage,
    "/lines": LinesPage, "/lines/{actor}/{topic}/beside": BesidePage,
    "/coding": CodingPage, "/coding/{family}": CardPage, "/coding/{family}/differences": DifferencesPage,
    "/coding/{family}/record": RecordPage, "/coding/{family}/agreement": AgreementPage, "/codebook": CodebookPage,
    "/codebook/versions/{version}": CodebookVersionPage, "/codebook/families/{family}/code": CodePage,
    "/actors": ActorsPage, "/actors/{key}": ActorPage, "/actors/{key}/edit": ActorForm, "/new/actor": ActorForm,
    "/outlets": OutletsPage, "/outlets/{key:path}": OutletPage, "/edit/outlet/{key}": OutletForm,
    "/new/outlet": OutletForm, "/items": ItemsPage, "/items/{key}": ItemPage,
    "/topics": TopicsPage, "/topics/{key}": TopicPage, "/topics/{key}/edit": TopicForm, "/new/topic": TopicForm,
    "/compose/{key}": DraftPage, "/issued": IssuedPage, "/issued/{key}": IssuedBriefPage,
    "/jobs": JobsPage, "/jobs/{key}": JobPage, "/add": AddPage, "/saved": SavedPage, "/log": LogPage,
    "/people": PeoplePage, "/account": AccountPage,
}  # fmt: skip
