"""Rules about owners and those beside them: one owner, who keeps, hands over and ends the work."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import ParticipantKind
from tests.e2e.checker.history import PlacedDecision
from tests.e2e.checker.seen import Replays, Seen, same_desk, within_capacity
from tests.e2e.checker.work_books import OWNED, Books


def _parked(books: Books, _: PlacedDecision, parked: d.WorkItemParked) -> Seen:
    yield from _kept(books, parked, before="assigned", after="parked", units=parked.held_weight)


def _snoozed(books: Books, _: PlacedDecision, snoozed: d.WorkItemSnoozed) -> Seen:
    item = books.items.get(snoozed.work_item_id)
    before = "parked" if item and item.state == "parked" else "assigned"
    yield from _kept(books, snoozed, before=before, after="parked", units=snoozed.held_weight)


def _held(books: Books, _: PlacedDecision, held: d.WorkItemHeld) -> Seen:
    # While it is held the item takes no more of its owner than it did while it was parked (R17).
    yield from _kept(books, held, before="parked", after="held", units=None)


def _resumed(books: Books, _: PlacedDecision, resumed: d.WorkItemResumed) -> Seen:
    item = books.items.get(resumed.work_item_id)
    before = item.state if item and item.state in ("parked", "held") else "parked"
    units = item.weight if item else None
    yield from _kept(books, resumed, before=before, after="assigned", units=units)


def _kept(
    books: Books,
    decision: d.WorkItemParked | d.WorkItemSnoozed | d.WorkItemHeld | d.WorkItemResumed,
    *,
    before: str,
    after: str,
    units: int | None,
) -> Seen:
    """The owner keeps the item in another state."""
    item = books.items.get(decision.work_item_id)
    if item is None or item.state != before or item.agent_id != decision.agent_id:
        yield "only the owner keeps work", f"{decision.work_item_id}: {after}"
        return
    item.state = after
    # A capacity that was lowered revokes nothing: only what is put on top must fit (R17).
    if units is not None and books.hold(item, decision.agent_id, units):
        yield from within_capacity(books, item, decision.agent_id)


def _joined(books: Books, _: PlacedDecision, joined: d.ParticipantJoined) -> Seen:
    item = books.items.get(joined.work_item_id)
    if item is None or item.state not in OWNED:
        yield "only owned work has participants", f"{joined.work_item_id}: {joined.agent_id}"
        return
    yield from same_desk(item, joined)
    if joined.agent_id in (item.agent_id, *item.participants):
        yield "nobody takes part twice", f"{joined.work_item_id}: {joined.agent_id}"
        return
    if joined.weight != books.participant_units(item.desk, joined.kind):
        yield "taking part costs what the desk says", f"{joined.kind}: {joined.weight}"
    item.participants[joined.agent_id] = joined.kind
    if books.hold(item, joined.agent_id, joined.weight):
        yield from within_capacity(books, item, joined.agent_id)


def _removed(books: Books, _: PlacedDecision, removed: d.ParticipantRemoved) -> Seen:
    item = books.items.get(removed.work_item_id)
    if item is None or item.participants.pop(removed.agent_id, None) is None:
        yield "only who takes part leaves", f"{removed.work_item_id}: {removed.agent_id}"
        return
    books.hold(item, removed.agent_id, 0)


def _owner_changed(books: Books, _: PlacedDecision, changed: d.OwnerChanged) -> Seen:
    item = books.items.get(changed.work_item_id)
    if item is None or item.state not in OWNED or item.agent_id != changed.from_agent_id:
        owner = item.agent_id if item else None
        yield "only the owner hands over", f"{changed.from_agent_id}, the owner is {owner}"
        return
    kind = item.participants.pop(changed.agent_id, None)
    if kind in (None, ParticipantKind.MONITOR):
        yield "a successor took part", f"{changed.agent_id} was {kind}"
    books.hold(item, changed.from_agent_id, 0)
    item.agent_id = changed.agent_id
    if books.hold(item, changed.agent_id, item.weight):
        yield from within_capacity(books, item, changed.agent_id)


def _closed(books: Books, _: PlacedDecision, closed: d.ConversationClosed) -> Seen:
    """By its owner, or, when its customer left, by nobody."""
    if not closed.agent_id and closed.conversation_id in books.canceled:
        return
    if closed.agent_id not in books.owner_of(closed.conversation_id):
        yield "only the owner closes", f"{closed.conversation_id}: {closed.agent_id}"


def _replied(books: Books, _: PlacedDecision, reply: d.ReplyFiled) -> Seen:
    # A notice of the platform's own is nobody's answer.
    if reply.agent_id and reply.agent_id not in books.owner_of(reply.conversation_id):
        yield "only the owner answers", f"{reply.conversation_id}: {reply.agent_id}"


def _wrapping_up(books: Books, _: PlacedDecision, wrapping: d.WorkItemWrappingUp) -> Seen:
    item = books.items.get(wrapping.work_item_id)
    if item is None or item.state not in OWNED or item.agent_id != wrapping.agent_id:
        yield "only the owner wraps up", wrapping.work_item_id
        return
    books.hold(item, wrapping.agent_id, item.weight)
    item.state = "wrapping_up"


def _completed(books: Books, _: PlacedDecision, completed: d.WorkItemCompleted) -> Seen:
    item = books.items.pop(completed.work_item_id, None)
    if item is None or item.agent_id != completed.agent_id:
        yield "work is completed once", completed.work_item_id
        return
    if item.participants:
        yield "all leave at the end", f"{completed.work_item_id}: {sorted(item.participants)}"
    books.release(item)
    books.ended.add(completed.work_item_id)


OWNER_REPLAYS: Replays = {
    d.WorkItemParked: _parked,
    d.WorkItemSnoozed: _snoozed,
    d.WorkItemHeld: _held,
    d.WorkItemResumed: _resumed,
    d.ParticipantJoined: _joined,
    d.ParticipantRemoved: _removed,
    d.OwnerChanged: _owner_changed,
    d.ConversationClosed: _closed,
    d.ReplyFiled: _replied,
    d.WorkItemWrappingUp: _wrapping_up,
    d.WorkItemCompleted: _completed,
}
