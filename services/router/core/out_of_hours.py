"""What comes while its queue is closed: where it goes, and what the customer reads."""

from services.router.core.entities import DeskKey
from services.router.core.saying import in_language
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


def is_message_only(turn: Turn, desk: DeskKey, queue_id: str) -> bool:
    """Whether what comes now is answered by the queue's notice alone, and nobody works on it."""
    index = turn.state.index_of(desk)
    is_asked = index.queues[queue_id].out_of_hours.do == "message_only"
    return is_asked and not index.lines.is_open(queue_id)


def notice_of(turn: Turn, desk: DeskKey, queue_id: str, language: str | None) -> str | None:
    """What a customer of a closed queue reads, in their language; None where nothing is said."""
    index = turn.state.index_of(desk)
    notices = index.queues[queue_id].out_of_hours.notices
    if not notices or index.lines.is_open(queue_id):
        return None
    notice = in_language(notices, language)
    clock = index.clock_of(queue_id)
    opening_ms = clock.next_opening(turn.now_ms)
    told = clock.local_time(opening_ms).strftime("%Y-%m-%d %H:%M") if opening_ms else ""
    return notice.text.replace("{next_opening}", told)
