"""The router's HTTP API about time: what a queue's clocks do, and what a calendar's days are.

Answered from saved states, as why and why not are.
"""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from libs.common.calendars import BusinessClock
from libs.common.calendars.days import DAYS_SHOWN, DAYS_SHOWN_MAX, days_as_bars, days_from
from libs.common.calendars.picture import days_as_picture
from libs.common.contracts.terms import Name
from libs.common.credentials import Principal
from libs.common.decision_log import LogPosition
from libs.common.errors import NotFoundError
from services.router.access import Asked, Supervisor, require_own
from services.router.core.engine import Engine
from services.router.core.inquiry_queues import PAGE_MAX, QueueClocks, queue_clocks
from services.router.inquiries import Inquiries
from services.router.openapi import BEARER, PROBLEMS
from services.router.saves import FoundEntity
from services.router.views import AsOf, CalendarView, DayView, QueueClocksView

CURSOR_LENGTH_MAX = 160
CLOCKS_A_PAGE = 50
SVG, TEXT = "image/svg+xml", "text/plain"


class Form(StrEnum):
    """How a calendar's days are told."""

    JSON = "json"
    TEXT = "text"
    SVG = "svg"


Id = Annotated[Name, Path()]
Days = Annotated[int, Query(ge=1, le=DAYS_SHOWN_MAX, description="So many days, today first.")]
Cursor = Annotated[str, Query(max_length=CURSOR_LENGTH_MAX, description="Where a page ended.")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {"content": {TEXT: {"schema": {"type": "string"}}, SVG: {"schema": {"type": "string"}}}}
}
router = APIRouter(prefix="/v1/desks", dependencies=[Depends(BEARER)], responses=PROBLEMS)


@router.get("/{desk_id}/queues/{queue_id}/clocks")
async def clocks_of_queue(
    desk_id: Id,
    queue_id: Id,
    caller: Supervisor,
    asked: Asked,
    *,
    cursor: Cursor = "",
    limit: Limit = CLOCKS_A_PAGE,
) -> QueueClocksView:
    """A queue's hours, and what is promised to each of its conversations: which clocks run, which
    stand still and why, what fires next and when. Whatever fires next comes first. Instants are
    engine time in milliseconds.
    """
    found = await _desk(asked, caller, desk_id)
    key = (caller.tenant_id, desk_id)

    def question(engine: Engine, _position: LogPosition) -> QueueClocks:
        if queue_id not in engine.state.index_of(key).queues:
            raise NotFoundError("no such queue in the saved state")
        return queue_clocks(engine.state, key, queue_id, cursor=cursor, limit=limit)

    answer, position = await asked.ask(found.partition, key, question)
    return QueueClocksView(as_of=AsOf.of(found.partition, position), queue=answer)


@router.get(
    "/{desk_id}/calendars/{calendar_id}/days", response_model=CalendarView, responses=_FORMS
)
async def days_of_calendar(
    desk_id: Id,
    calendar_id: Id,
    caller: Supervisor,
    asked: Asked,
    *,
    days: Days = DAYS_SHOWN,
    form: Annotated[Form, Query(alias="format")] = Form.JSON,
) -> CalendarView | Response:
    """The next days of a calendar, today first: their hours, holidays, own exceptions and changes
    of the clock; as JSON, as lines of text, or as a picture.
    """
    found = await _desk(asked, caller, desk_id)
    key = (caller.tenant_id, desk_id)

    def question(engine: Engine, position: LogPosition) -> CalendarView | Response:
        clock = engine.state.index_of(key).clocks.get(calendar_id)
        if clock is None:
            raise NotFoundError("no such calendar in the saved state")
        now_ms = engine.now_ms
        if form is Form.TEXT:
            return Response(
                "\n".join((*days_as_bars(clock, now_ms, days=days), "")), media_type=TEXT
            )
        if form is Form.SVG:
            return Response(days_as_picture(clock, now_ms, days=days), media_type=SVG)
        return _view(clock, now_ms, days, AsOf.of(found.partition, position))

    answer, _ = await asked.ask(found.partition, key, question)
    return answer


def _view(clock: BusinessClock, now_ms: int, days: int, as_of: AsOf) -> CalendarView:
    calendar = clock.calendar
    return CalendarView(
        as_of=as_of,
        calendar_id=calendar.calendar_id,
        name=calendar.name,
        zone=calendar.zone,
        is_open=clock.is_open(now_ms),
        days=[DayView.of(day) for day in days_from(clock, now_ms, days=days)],
    )


async def _desk(asked: Inquiries, caller: Principal, desk_id: str) -> FoundEntity:
    caller.require_desk(desk_id)
    desk = await asked.find("desk", f"{caller.tenant_id}/{desk_id}")
    return require_own(caller, desk, "desk")
