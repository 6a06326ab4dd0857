"""Rules about work: one owner at any place of the log, capacity that adds up, reservations that
end once, escalations that fire once and not too early.
"""

from collections.abc import Callable, Iterator

from libs.common.contracts import decisions as d
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History, PlacedDecision
from tests.e2e.checker.work_books import Books, Item

OWNED = ("assigned", "parked", "held")


def work_adds_up(history: History) -> Iterator[Finding]:
    """Replays all work and tells each contradiction."""
    books = Books()
    for placed in history.decisions:
        replay = _REPLAYS.get(type(placed.decision))
        if replay is not None:
            for rule, seen in replay(books, placed, placed.decision):
                yield Finding(rule=rule, subject=placed.place, seen=seen)
    yield from _what_is_left(books)


def _what_is_left(books: Books) -> Iterator[Finding]:
    """At the end every load is what the open items hold."""
    for key, load in books.loads.items():
        held = sum(item.held for item in books.items.values() if (*item.desk, item.agent_id) == key)
        if load != held:
            seen = f"load {load}, its open items hold {held}"
            yield Finding(rule="capacity does not leak", subject="/".join(key), seen=seen)


_Seen = Iterator[tuple[str, str]]


def _configured(books: Books, _: PlacedDecision, applied: d.ConfigurationApplied) -> _Seen:
    books.configurations[applied.tenant_id, applied.desk_id] = applied.configuration
    yield from ()


def _queued(books: Books, _: PlacedDecision, queued: d.WorkItemQueued) -> _Seen:
    desk = (queued.tenant_id, queued.desk_id)
    item = books.items.get(queued.work_item_id)
    if queued.work_item_id in books.completed:
        yield "nothing goes on after its end", queued.work_item_id
    if item is None:
        if queued.reason != "arrived":
            yield "an item arrives first", f"{queued.work_item_id}: {queued.reason}"
        books.items[queued.work_item_id] = Item(
            desk, queued.conversation_id, queued.queue_id, queued.weight
        )
        return
    yield from _same_desk(item, queued)
    if queued.reason == "arrived":
        yield "an item arrives once", queued.work_item_id
    if item.state == "reserved":
        yield "a reservation ends once", f"{item.reservation_id} is open, its item is queued"
    books.hold(item, None, 0)
    item.state, item.queue_id, item.reservation_id = "queued", queued.queue_id, None


def _opened(books: Books, _: PlacedDecision, opened: d.ReservationOpened) -> _Seen:
    item = books.items.get(opened.work_item_id)
    if opened.reservation_id in books.reservations:
        yield "a reservation opens once", opened.reservation_id
    books.reservations[opened.reservation_id] = "pending"
    if item is None or item.state != "queued":
        state = item.state if item else "not there"
        yield "only queued work is offered", f"{opened.work_item_id} is {state}"
        return
    yield from _same_desk(item, opened)
    books.hold(item, opened.agent_id, item.weight)
    item.state, item.reservation_id = "reserved", opened.reservation_id
    yield from _within_capacity(books, item)


def _ended(books: Books, _: PlacedDecision, ended: d.ReservationEnded) -> _Seen:
    item = books.items.get(ended.work_item_id)
    yield from _end_reservation(books, ended.reservation_id, ended.outcome)
    if item is None or item.reservation_id != ended.reservation_id:
        return
    yield from _same_desk(item, ended)
    books.hold(item, None, 0)
    item.state, item.reservation_id = "released", None


def _assigned(books: Books, _: PlacedDecision, assigned: d.WorkItemAssigned) -> _Seen:
    item = books.items.get(assigned.work_item_id)
    yield from _end_reservation(books, assigned.reservation_id, "accepted")
    owners = books.owner_of(assigned.conversation_id)
    if owners:
        yield "one owner at most", f"{assigned.conversation_id}: {owners}, now {assigned.agent_id}"
    if item is None or item.state != "reserved" or item.agent_id != assigned.agent_id:
        seen = f"{assigned.work_item_id} is {item.state if item else 'not there'}"
        yield "only an open offer is accepted", seen
        if item is None:
            return
    item.state, item.reservation_id = "assigned", None


def _end_reservation(books: Books, reservation_id: str, outcome: str) -> _Seen:
    before = books.reservations.get(reservation_id)
    if before != "pending":
        yield "a reservation ends once", f"{reservation_id}: {before}, then {outcome}"
    books.reservations[reservation_id] = outcome


def _parked(books: Books, _: PlacedDecision, parked: d.WorkItemParked) -> _Seen:
    yield from _kept(books, parked, before="assigned", after="parked", units=parked.held_weight)


def _held(books: Books, _: PlacedDecision, held: d.WorkItemHeld) -> _Seen:
    # While it is held the item takes no more of its owner than it did while it was parked (R17).
    yield from _kept(books, held, before="parked", after="held", units=None)


def _resumed(books: Books, _: PlacedDecision, resumed: d.WorkItemResumed) -> _Seen:
    item = books.items.get(resumed.work_item_id)
    before = item.state if item and item.state in ("parked", "held") else "parked"
    units = item.weight if item else None
    yield from _kept(books, resumed, before=before, after="assigned", units=units)


def _kept(
    books: Books,
    decision: d.WorkItemParked | d.WorkItemHeld | d.WorkItemResumed,
    *,
    before: str,
    after: str,
    units: int | None,
) -> _Seen:
    """The owner keeps the item in another state."""
    item = books.items.get(decision.work_item_id)
    if item is None or item.state != before or item.agent_id != decision.agent_id:
        yield "only the owner keeps work", f"{decision.work_item_id}: {after}"
        return
    item.state = after
    if units is not None:
        books.hold(item, item.agent_id, units)
        yield from _within_capacity(books, item)


def _within_capacity(books: Books, item: Item) -> _Seen:
    capacity = books.capacity_of(item.desk, item.agent_id or "")
    if books.load_of(item) > capacity:
        yield "no load above capacity", f"{item.agent_id}: {books.load_of(item)} of {capacity}"


def _closed(books: Books, _: PlacedDecision, closed: d.ConversationClosed) -> _Seen:
    if closed.agent_id not in books.owner_of(closed.conversation_id):
        yield "only the owner closes", f"{closed.conversation_id}: {closed.agent_id}"


def _replied(books: Books, _: PlacedDecision, reply: d.ReplyFiled) -> _Seen:
    if reply.agent_id not in books.owner_of(reply.conversation_id):
        yield "only the owner answers", f"{reply.conversation_id}: {reply.agent_id}"


def _wrapping_up(books: Books, _: PlacedDecision, wrapping: d.WorkItemWrappingUp) -> _Seen:
    item = books.items.get(wrapping.work_item_id)
    if item is None or item.state not in OWNED or item.agent_id != wrapping.agent_id:
        yield "only the owner wraps up", wrapping.work_item_id
        return
    books.hold(item, item.agent_id, item.weight)
    item.state = "wrapping_up"


def _completed(books: Books, _: PlacedDecision, completed: d.WorkItemCompleted) -> _Seen:
    item = books.items.pop(completed.work_item_id, None)
    if item is None or item.agent_id != completed.agent_id:
        yield "work is completed once", completed.work_item_id
        return
    books.hold(item, None, 0)
    books.completed.add(completed.work_item_id)


def _escalated(books: Books, placed: PlacedDecision, fired: d.EscalationFired) -> _Seen:
    item = books.items.get(fired.work_item_id)
    if item is None or item.state not in ("queued", "reserved"):
        yield "only waiting work escalates", fired.work_item_id
        return
    yield from _same_desk(item, fired)
    if (fired.queue_id, fired.level) in item.escalated:
        yield "an escalation fires once", f"{fired.work_item_id}: level {fired.level}"
    item.escalated.add((fired.queue_id, fired.level))
    if fired.due_ms > placed.record.now_ms:
        yield "no escalation before it is due", f"{fired.work_item_id}: due {fired.due_ms}"


def _same_desk(item: Item, decision: d.Decision) -> _Seen:
    if item.desk != (decision.tenant_id, decision.desk_id):
        yield "tenants don't mix", f"item of {item.desk}, decision of {decision.tenant_id}"


_REPLAYS: dict[type[d.Decision], Callable[..., _Seen]] = {
    d.ConfigurationApplied: _configured,
    d.WorkItemQueued: _queued,
    d.ReservationOpened: _opened,
    d.ReservationEnded: _ended,
    d.WorkItemAssigned: _assigned,
    d.WorkItemParked: _parked,
    d.WorkItemHeld: _held,
    d.WorkItemResumed: _resumed,
    d.ConversationClosed: _closed,
    d.ReplyFiled: _replied,
    d.WorkItemWrappingUp: _wrapping_up,
    d.WorkItemCompleted: _completed,
    d.EscalationFired: _escalated,
}
