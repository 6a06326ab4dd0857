"""What comes while its queue is closed: where it goes, and what the customer reads."""

from datetime import datetime

from libs.common.calendars import BusinessClock
from libs.common.contracts.configuration import QueueConfiguration
from services.router.core.entities import DeskKey
from services.router.core.state import DeskIndex
from services.router.core.turn import Turn


def queue_at_arrival(turn: Turn, desk: DeskKey, queue_id: str) -> str:
    """Which queue takes what arrives now: this one, or where it sends work while it is closed.

    A chain of moves ends, since the door refuses circles; one of the sun ends where it began.
    """
    index = turn.state.index_of(desk)
    passed: list[str] = []
    here = queue_id
    while here not in passed and not index.lines.is_open(here):
        passed.append(here)
        away = index.queues[here].out_of_hours
        if away.do == "move" and away.queue is not None:
            # It takes the work open or not, unless it sends it on itself.
            queue_id = here = away.queue
        elif away.do == "follow_the_sun" and away.queue is not None:
            here = away.queue
        else:
            break
    return here if index.lines.is_open(here) else queue_id


def notice_of(turn: Turn, desk: DeskKey, queue_id: str, language: str | None) -> str | None:
    """What a customer of a closed queue reads, in their language; None where nothing is said."""
    index = turn.state.index_of(desk)
    queue = index.queues[queue_id]
    clock = clock_of(index, queue)
    notices = queue.out_of_hours.notices
    if clock is None or not notices or index.lines.is_open(queue_id):
        return None
    notice = next((one for one in notices if one.language == language), notices[0])
    opening_ms = clock.next_opening(turn.now_ms)
    opening = datetime.fromtimestamp(opening_ms // 1_000, clock.zone) if opening_ms else None
    told = opening.strftime("%Y-%m-%d %H:%M") if opening is not None else ""
    return notice.text.replace("{next_opening}", told)


def clock_of(index: DeskIndex, queue: QueueConfiguration | None) -> BusinessClock | None:
    """The clock that the queue opens by, if it has one."""
    if queue is None or queue.calendar is None:
        return None
    return index.clocks[queue.calendar]
