"""Who waits in a web chat, so that each can be told their place when their queue is measured.

Kept in memory by every replica and told live only. A place is true for ten seconds and then told
anew, so it has no place in the durable copy; and what a replica that started later does not know,
it does not tell. Everything else that streams tell derives from one record alone
(`notifications.py`).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace

from libs.common.contracts import decisions as d
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.terms import AddressFamily
from libs.common.identifiers import decision_id
from services.notifier.core import audiences
from services.notifier.core.cursors import Cursor
from services.notifier.core.notifications import Notification, write_message
from services.notifier.core.places import BASIS, Standing, position_of

PLACE = "queue.position"
CONVERSATIONS_MAX = 200_000

QueueKey = tuple[str, str, str]
# Whether anybody listens: tenant, desk and audience.
IsHeard = Callable[[str, str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """One conversation in a line."""

    queue: QueueKey
    standing: Standing


@dataclass(slots=True)
class WaitingCustomers:
    """Follows the records that count, of all partitions; what it keeps is bounded, oldest first."""

    conversations_max: int = CONVERSATIONS_MAX
    _audience_of: dict[str, str] = field(default_factory=dict)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _in_queue: dict[QueueKey, dict[str, None]] = field(default_factory=dict)

    def follow(
        self, record: DecisionRecord, offset: int, *, is_heard: IsHeard
    ) -> Iterator[Notification]:
        """Take the record in; the place of each who waits in a queue that it measured and whom
        somebody listens for.
        """
        for index, decision in enumerate(record.decisions):
            if isinstance(decision, d.QueueMeasured):
                at = Cursor(offset, index + 1), decision_id(record.event_id, index)
                yield from self._places(record, decision, at=at, is_heard=is_heard)
            else:
                self._take(decision)

    def _take(self, decision: d.Decision) -> None:
        match decision:
            case d.MessageFiled() if decision.reply_to.family is AddressFamily.WEB:
                self._remember(decision)
            case d.WorkItemQueued() | d.WorkItemRelaxed():
                self._stand(decision)
            case d.WorkItemPromoted():
                self._promote(decision)
            case d.WorkItemAssigned() | d.WorkItemCanceled():
                self._leave(decision.conversation_id)
            case d.ConversationClosed():
                self._leave(decision.conversation_id)
                self._audience_of.pop(decision.conversation_id, None)
            case _:
                pass

    def _remember(self, filed: d.MessageFiled) -> None:
        """Where the customer listens; the last who wrote, where several are linked."""
        is_new = filed.conversation_id not in self._audience_of
        if is_new and len(self._audience_of) >= self.conversations_max:
            oldest = next(iter(self._audience_of))
            self._leave(oldest)
            del self._audience_of[oldest]
        self._audience_of[filed.conversation_id] = audiences.customer(
            filed.reply_to.endpoint_id, filed.reply_to.contact_point_id
        )

    def _stand(self, decision: d.WorkItemQueued | d.WorkItemRelaxed) -> None:
        if decision.conversation_id not in self._audience_of:
            return
        self._leave(decision.conversation_id)
        queue = (decision.tenant_id, decision.desk_id, decision.queue_id)
        standing = Standing(
            strict_class=decision.strict_class, virtual_time_ms=decision.virtual_time_ms
        )
        self._waiting[decision.conversation_id] = _Waiting(queue=queue, standing=standing)
        self._in_queue.setdefault(queue, {})[decision.conversation_id] = None

    def _promote(self, promoted: d.WorkItemPromoted) -> None:
        known = self._waiting.get(promoted.conversation_id)
        if known is not None:
            standing = replace(known.standing, strict_class=promoted.strict_class)
            self._waiting[promoted.conversation_id] = replace(known, standing=standing)

    def _leave(self, conversation_id: str) -> None:
        known = self._waiting.pop(conversation_id, None)
        if known is not None:
            there = self._in_queue[known.queue]
            del there[conversation_id]
            if not there:
                del self._in_queue[known.queue]

    def _places(
        self,
        record: DecisionRecord,
        measured: d.QueueMeasured,
        *,
        at: tuple[Cursor, str],
        is_heard: IsHeard,
    ) -> Iterator[Notification]:
        queue = (measured.tenant_id, measured.desk_id, measured.queue_id)
        for conversation_id in self._in_queue.get(queue, ()):
            audience = self._audience_of[conversation_id]
            if not is_heard(measured.tenant_id, measured.desk_id, audience):
                continue
            position = position_of(measured, self._waiting[conversation_id].standing)
            body = {"conversation_id": conversation_id, **asdict(position), "basis": BASIS}
            yield _notification(record, measured, at=at, audience=audience, body=body)


def _notification(
    record: DecisionRecord,
    measured: d.QueueMeasured,
    *,
    at: tuple[Cursor, str],
    audience: str,
    body: dict[str, object],
) -> Notification:
    cursor, identifier = at
    return Notification(
        id=identifier,
        type=PLACE,
        tenant_id=measured.tenant_id,
        desk_id=measured.desk_id,
        audiences=(audience,),
        cursor=cursor,
        traceparent=record.traceparent,
        message=write_message(
            cursor=cursor,
            message_id=identifier,
            message_type=PLACE,
            time_ms=record.now_ms,
            traceparent=record.traceparent,
            body=body,
        ),
    )
