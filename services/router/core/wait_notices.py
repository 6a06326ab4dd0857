"""What customers who wait read of their place, each at an interval of their own (R27).

A place is no decision: one completion moves everybody. Only a notice that is sent to a customer is
one, and what falls due is the customer's own timer. In a short line the place is counted, in a
long one interpolated between the places that the queue's readers were told last; so a notice costs
the same whatever the length, and thousands that fall due together spread over ticks (R2).
"""

from typing import Literal

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import WaitNotices
from libs.common.contracts.content import ReplyAddress
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import decision_id
from services.router.core.entities import Conversation, QueuePace, WorkItem
from services.router.core.evolve_queues import SERVED_OVER_S, served_lately
from services.router.core.places import Place
from services.router.core.saying import file_notice, in_language
from services.router.core.turn import Turn

COUNTED_MAX = 500
SECONDS_PER_MINUTE = 60


def tell_place(turn: Turn, item: WorkItem) -> None:
    """Tell the customer of a queued item their place, if that is due and an agent is not asked."""
    due_ms = item.notice_due_ms
    is_kept = item.hold_agent_id is not None
    if due_ms is None or due_ms > turn.now_ms or item.state is not S.QUEUED or is_kept:
        return
    desk = (item.tenant_id, item.desk_id)
    index = turn.state.index_of(desk)
    queue = index.queues.get(item.queue_id)
    policy = queue.wait_notices if queue is not None else None
    pace = turn.state.get(QueuePace, *desk, item.queue_id)
    reply_to = turn.state.need(Conversation, item.conversation_id).reply_to
    if policy is None or reply_to is None or item.notices >= policy.at_most:
        _put_off(turn, item, cause="withdrawn", again_ms=None)
    elif pace is not None and pace.is_closed:
        # Whoever is served when it opens is told nothing more.
        opens_ms = max(pace.hours_due_ms or 0, turn.now_ms)
        _put_off(turn, item, cause="closed", again_ms=opens_ms + 1_000 * policy.every_s)
    else:
        position = position_of(turn, item, pace)
        _send(turn, item, policy, reply_to, position=position)


def _send(
    turn: Turn, item: WorkItem, policy: WaitNotices, reply_to: ReplyAddress, *, position: int
) -> None:
    conversation = turn.state.need(Conversation, item.conversation_id)
    pace = turn.state.get(QueuePace, item.tenant_id, item.desk_id, item.queue_id)
    served = served_lately(pace, turn.now_ms)
    estimate_s = position * SERVED_OVER_S // served if served else None
    number = item.notices + 1
    # The words follow at once, so their place in the record is known.
    notice_id = decision_id(turn.event_id, turn.ordinal + 1)
    turn.emit(
        d.WaitNoticeSent(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            reply_id=notice_id,
            position=position,
            estimated_wait_s=estimate_s,
            number=number,
            again_ms=turn.now_ms + 1_000 * policy.every_s if number < policy.at_most else None,
        )
    )
    text = words_of(policy, conversation.language, position, estimate_s)
    file_notice(turn, conversation, reply_to, text, notice_id=notice_id)


def words_of(
    policy: WaitNotices, language: str | None, position: int, estimate_s: int | None
) -> str:
    """What the customer reads, in their language."""
    notice = in_language(policy.notices, language)
    if estimate_s is None:
        text, minutes = notice.without_estimate or notice.text, ""
    else:
        text, minutes = notice.text, str(max(1, -(-estimate_s // SECONDS_PER_MINUTE)))
    return text.replace("{position}", str(position)).replace("{minutes}", minutes)


def position_of(turn: Turn, item: WorkItem, pace: QueuePace | None) -> int:
    """The place from 1 of an item that stands in a line, within its queue and before skills."""
    lines = turn.state.index_of((item.tenant_id, item.desk_id)).lines
    waiting = lines.count(item.queue_id)
    mine = Place(item.strict_class, item.virtual_time_ms, item.sequence, item.work_item_id)
    if waiting <= COUNTED_MAX:
        return lines.ahead_of(item.queue_id, mine) + 1
    return min(waiting, max(1, _interpolated(pace.measured_places if pace else [], mine, waiting)))


def _interpolated(told: list[tuple[int, int, int]], mine: Place, waiting: int) -> int:
    """Between the last told place before this one and the first behind it, by virtual time."""
    here = (mine.strict_class, mine.virtual_time_ms)
    before = (0, mine.strict_class, mine.virtual_time_ms)
    for place in told:
        number, strict_class, virtual_time_ms = place
        if (strict_class, virtual_time_ms) <= here:
            before = place
            continue
        between_ms = virtual_time_ms - before[2]
        is_alike = strict_class == before[1] == mine.strict_class and between_ms > 0
        share_ms = mine.virtual_time_ms - before[2] if is_alike else 0
        return before[0] + (number - before[0]) * share_ms // max(between_ms, 1)
    # It joined behind everybody who was there when the queue was measured.
    return waiting


def _put_off(
    turn: Turn, item: WorkItem, *, cause: Literal["closed", "withdrawn"], again_ms: int | None
) -> None:
    turn.emit(
        d.WaitNoticePutOff(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            cause=cause,
            again_ms=again_ms,
        )
    )
