"""A queue's hours as they stand: open or closed, until when, and why today is not like its weekday.

A queue without a calendar is always open.
"""

from dataclasses import dataclass

from libs.common.calendars.days import hours_of
from services.router.core.entities import DeskKey
from services.router.core.state import PartitionState


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursNow:
    """Whether anybody is asked for what waits in a queue, and when that changes.

    `is_open` is what the engine goes by, `since_ms` when its calendar came to that; none: for more
    than a year. `next_opening_ms` is told while it is closed, `next_closing_ms` while it is open.
    `why` is today's holiday or exception, `today` its hours.
    """

    calendar_id: str | None
    zone: str | None
    is_open: bool
    since_ms: int | None
    next_opening_ms: int | None
    next_closing_ms: int | None
    today: str
    why: str
    out_of_hours: str


def hours_now(state: PartitionState, desk: DeskKey, queue_id: str) -> HoursNow:
    """The hours of a configured queue; KeyError for another one."""
    index = state.index_of(desk)
    queue = index.queues[queue_id]
    if queue.calendar is None:
        return HoursNow(
            calendar_id=None,
            zone=None,
            is_open=True,
            since_ms=None,
            next_opening_ms=None,
            next_closing_ms=None,
            today="always open",
            why="",
            out_of_hours=queue.out_of_hours.do,
        )
    clock, is_open = index.clock_of(queue_id), index.lines.is_open(queue_id)
    plan = clock.plan_on(clock.local_time(state.now_ms).date())
    hours = ", ".join(hours_of(plan.intervals))
    return HoursNow(
        calendar_id=queue.calendar,
        zone=clock.calendar.zone,
        is_open=is_open,
        since_ms=clock.last_change(state.now_ms),
        next_opening_ms=None if is_open else clock.next_opening(state.now_ms),
        next_closing_ms=clock.next_closing(state.now_ms) if is_open else None,
        today=hours or "closed",
        why=plan.reason,
        out_of_hours=queue.out_of_hours.do,
    )
